// A terminal as a whole screen: taken at the start, and given back as it was, however the process ends.

import { writeSync } from 'node:fs'
import type { ReadStream, WriteStream } from 'node:tty'
import type { ScreenSize } from './top-screen.ts'

const TAKE = '\u001b[?1049h\u001b[?25l'
const GIVE_BACK = '\u001b[?25h\u001b[?1049l'
const HOME = '\u001b[H'
const TO_END_OF_LINE = '\u001b[K'
const TO_END_OF_SCREEN = '\u001b[J'
const LEAVING_KEYS = ['q', 'Q', '\u0003', '\u0004']
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

type Output = WriteStream & { readonly fd: number }

export class TerminalScreen {
  /** Somebody wants to leave: q, Ctrl-C, Ctrl-D, or a signal. */
  readonly whenLeft: Promise<'left'>
  readonly #input: ReadStream
  readonly #output: Output
  #leave: () => void = () => undefined
  readonly #giveBack = (): void => {
    // The process may be about to end: what is not written now is not written.
    writeSync(this.#output.fd, GIVE_BACK)
  }
  readonly #press = (keys: Buffer): void => {
    if (LEAVING_KEYS.includes(keys.toString('latin1'))) this.#leave()
  }

  constructor(input: ReadStream, output: Output) {
    this.#input = input
    this.#output = output
    this.whenLeft = new Promise((resolve) => {
      this.#leave = () => resolve('left')
    })
    process.once('exit', this.#giveBack)
    for (const signal of STOP_SIGNALS) process.once(signal, this.#leave)
    output.write(TAKE)
    // Without a terminal on its input it is left by a signal.
    if (input.isTTY) input.setRawMode(true).on('data', this.#press)
  }

  get size(): ScreenSize {
    return { columns: this.#output.columns, rows: this.#output.rows }
  }

  draw(lines: readonly string[]): void {
    const text = lines.map((line) => line + TO_END_OF_LINE).join('\r\n')
    this.#output.write(HOME + text + TO_END_OF_SCREEN)
  }

  giveBack(): void {
    for (const signal of STOP_SIGNALS) process.removeListener(signal, this.#leave)
    if (this.#input.isTTY) this.#input.removeListener('data', this.#press).setRawMode(false).pause()
    process.removeListener('exit', this.#giveBack)
    this.#giveBack()
  }
}
