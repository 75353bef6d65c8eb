// How many requests a second there were lately, of a count that only grows.

const EVERY_MS = 1_000
const OVER = 10

export class RequestRate {
  readonly #count: () => number
  readonly #timer: NodeJS.Timeout
  /** The counts of the last seconds, the oldest first. */
  readonly #counts: number[]

  constructor(count: () => number) {
    this.#count = count
    this.#counts = [count()]
    this.#timer = setInterval(() => this.#look(), EVERY_MS).unref()
  }

  /** Over about the last ten seconds. */
  get perSecond(): number {
    const [oldest = 0] = this.#counts
    return (this.#count() - oldest) / this.#counts.length
  }

  end(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    this.#counts.push(this.#count())
    if (this.#counts.length > OVER) this.#counts.shift()
  }
}
