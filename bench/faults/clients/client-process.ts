// A client program of its own process: takes commands on stdin, one a line, and answers each with one line of JSON. It ends when
// its stdin does, so it outlives neither its owner's wish nor its owner.
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

const END_DEADLINE_MS = 10_000
const TYPESCRIPT = [process.execPath, '--import', import.meta.resolve('tsx')]

export class ClientProcess<Command, Answer> implements AsyncDisposable {
  readonly #name: string
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #lines: AsyncIterator<string>

  /** `program`: a file ending in .ts or .py. */
  constructor(program: string, settings: object) {
    this.#name = program
    const [command = '', ...before] = program.endsWith('.py') ? ['python3'] : TYPESCRIPT
    const argv = [...before, program, JSON.stringify(settings)]
    this.#child = spawn(command, argv, { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.stdin.on('error', () => undefined) // it has ended, which the next answer tells
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async ask(command: Command): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`)
    const line = await this.#lines.next()
    if (line.done === true) throw new Error(`${this.#name} ended early`)
    return JSON.parse(line.value) as Answer
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null) return
    const exited = once(this.#child, 'exit')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), END_DEADLINE_MS)
    this.#child.stdin.end()
    await exited
    clearTimeout(timer)
  }
}
