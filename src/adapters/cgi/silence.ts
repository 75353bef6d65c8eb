// How long a script may do nothing: as long as it takes some of the body or gives some of its answer, it works. Time that it has to wait
// for the client does not count.

export class Silence {
  readonly #limitMs: number
  readonly #waitsForClient: () => boolean
  readonly #tooLong: () => void
  #sinceMs = 0
  #timer: NodeJS.Timeout | undefined

  constructor(limitMs: number, waitsForClient: () => boolean, tooLong: () => void) {
    this.#limitMs = limitMs
    this.#waitsForClient = waitsForClient
    this.#tooLong = tooLong
  }

  /** It is the script's turn. */
  begin(): void {
    this.touch()
    this.#timer ??= setTimeout(() => this.#look(), this.#limitMs)
  }

  /** The script has done something. */
  touch(): void {
    this.#sinceMs = performance.now()
  }

  /** It is somebody else's turn. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    if (this.#waitsForClient()) this.touch()
    const leftMs = this.#sinceMs + this.#limitMs - performance.now()
    // A timer may come a moment too soon.
    if (leftMs > 1) {
      this.#timer = setTimeout(() => this.#look(), leftMs)
      return
    }
    this.#timer = undefined
    this.#tooLong()
  }
}
