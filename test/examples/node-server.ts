// A Node program of examples/, started as its README says.

import { type ChildProcess, spawn } from 'node:child_process'
import { REPOSITORY } from '../harness/gantry-process.ts'
import { until } from '../harness/until.ts'

const START_DEADLINE_MS = 60_000

/** `await using` ends it. */
export class NodeServerExample implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #exited: Promise<number | null>
  #output = ''
  #hasExited = false

  private constructor(program: string, env: Readonly<Record<string, string>>) {
    const shared = { ...process.env, PORT: '0', PYTHONDONTWRITEBYTECODE: '1' }
    const stdio = ['ignore', 'pipe', 'pipe'] as const
    this.#child = spawn(process.execPath, [program], {
      cwd: REPOSITORY,
      env: { ...shared, ...env },
      stdio: [...stdio],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.#output += text))
    this.#exited = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        this.#hasExited = true
        resolve(code)
      })
    })
  }

  static async start(program: string, env: Readonly<Record<string, string>>): Promise<NodeServerExample> {
    const example = new NodeServerExample(program, env)
    const isSettled = (): boolean => example.#url !== undefined || example.#hasExited
    await until(isSettled, START_DEADLINE_MS, () => `${program} does not listen:\n${example.#output}`)
    if (example.#hasExited) throw new Error(`${program} ended at its start:\n${example.#output}`)
    return example
  }

  get url(): string {
    return this.#url ?? ''
  }

  /** SIGTERM, and the exit status that follows. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM')
    return await this.#exited
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasExited) this.#child.kill('SIGKILL')
    await this.#exited
  }

  get #url(): string | undefined {
    return /^listening on (\S+)$/m.exec(this.#output)?.[1]
  }
}
