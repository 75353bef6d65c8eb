// The last workers that died, for those who ask later.

import type { Death } from './pool-status.ts'

const MAX_KEPT = 20

export class RecentDeaths {
  readonly #deaths: Death[] = []

  add(death: Death): void {
    this.#deaths.push(death)
    if (this.#deaths.length > MAX_KEPT) this.#deaths.shift()
  }

  /** The latest at the end. */
  get all(): readonly Death[] {
    return [...this.#deaths]
  }
}
