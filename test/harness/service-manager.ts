// Stands for systemd as far as sd_notify goes: remembers what it is told. `await using` ends it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { until } from './until.ts'

const LISTENER = fileURLToPath(new URL('../fixtures/notify_listener.py', import.meta.url))

export class ServiceManager implements AsyncDisposable {
  /** What it was told, as it was sent; without the messages that only ask whether others have been read. */
  readonly told: string[] = []
  readonly socket: string
  readonly #child: ChildProcess
  #isListening = false

  constructor(socket: string) {
    this.socket = socket
    this.#child = spawn('python3', [LISTENER, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: this.#child.stdout! }).on('line', (line) => {
      const { text } = JSON.parse(line) as { readonly text?: string }
      if (text === undefined) this.#isListening = true
      else if (text !== 'BARRIER=1') this.told.push(text)
    })
  }

  async listens(): Promise<this> {
    await until(
      () => this.#isListening,
      10_000,
      () => 'the service manager does not listen',
    )
    return this
  }

  async heard(pattern: RegExp): Promise<string> {
    const find = (): string | undefined => this.told.find((text) => pattern.test(text))
    await until(
      () => find() !== undefined,
      20_000,
      () => `not told ${String(pattern)}:\n${this.told.join('\n--\n')}`,
    )
    return find() ?? ''
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }
}
