// What the requests of a client have in common, as the same bytes again and again: a worker parses a shared environ block only once. A web
// server hands on the requests of many clients, over connections that may be new for each: so it is kept for all of them.

// Others are not remembered: each is kept by the workers, too.
const MOST_REMEMBERED = 512
const LONGEST_REMEMBERED = 2_048

export class CommonPairs {
  /** By their text; undefined for what was seen once. */
  readonly #blocks = new Map<string, Buffer | undefined>()

  /** The shared environ block of these pairs; undefined where they are new, and most likely never come again. */
  blockOf(pairs: string): Buffer | undefined {
    const known = this.#blocks.get(pairs)
    if (known !== undefined) return known
    if (pairs.length > LONGEST_REMEMBERED) return undefined
    const block = this.#blocks.has(pairs) ? Buffer.from(pairs, 'latin1') : undefined
    if (block === undefined && this.#blocks.size >= MOST_REMEMBERED) this.#blocks.clear()
    this.#blocks.set(pairs, block)
    return block
  }
}
