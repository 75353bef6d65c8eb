// The ids of the last requests of a link: what a thread prints takes another way than its answer, and may be read after it.

// More than a batch: all of one may be answered before the first line is read.
const KEPT = 128

export class RecentRequests {
  readonly #ids: string[] = []
  #last = 0

  /** `ordinal` is counted from 1, without gaps. */
  add(ordinal: number, id: string): void {
    this.#ids[ordinal % KEPT] = id
    this.#last = ordinal
  }

  idOf(ordinal: number): string | undefined {
    return ordinal > this.#last - KEPT && ordinal <= this.#last ? this.#ids[ordinal % KEPT] : undefined
  }
}
