// The last line of a terminal, rewritten in place for as long as something goes on. Whoever else writes lines to the terminal erases it
// first (standard-streams.ts); it comes back when it is drawn next.

import { ERASE_LINE } from './standard-streams.ts'
import { usesColors } from './terminal-colors.ts'

type Variables = Readonly<Record<string, string | undefined>>

interface Terminal {
  readonly columns?: number
  write(text: string): unknown
}

/** Only on a terminal, and not where somebody wants plain text: NO_COLOR, FORCE_COLOR=0, TERM=dumb. */
export const canRewrite = (stream: { readonly isTTY?: boolean }, env: Variables = process.env): boolean =>
  stream.isTTY === true && env['TERM'] !== 'dumb' && usesColors(stream, env)

const USUAL_COLUMNS = 80
// So little of it says nothing.
const LEAST_ROOM = 20

export class RewrittenLine {
  readonly #terminal: Terminal
  #isShown = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  /** As much of `text` as there is room for. */
  show(text: string): void {
    // A terminal that does not know how wide it is says 0.
    const columns = this.#terminal.columns === 0 ? undefined : this.#terminal.columns
    const room = (columns ?? USUAL_COLUMNS) - 1
    if (room < LEAST_ROOM) return
    const fitting = text.length <= room ? text : `${text.slice(0, room - 1)}…`
    this.#isShown = true
    this.#terminal.write(ERASE_LINE + fitting)
  }

  clear(): void {
    if (!this.#isShown) return
    this.#isShown = false
    this.#terminal.write(ERASE_LINE)
  }
}
