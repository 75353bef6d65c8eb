// The front's resident memory over a time, looked at a few times a second.
import type { ServerUnderFaults } from './server-under-faults.ts'
import { summarize } from '../../report/statistics.ts'

const EVERY_MS = 200

export class MemorySamples implements Disposable {
  readonly #samples: { readonly progress: number; readonly rssBytes: number }[] = []
  readonly #timer: NodeJS.Timeout

  /** `progress`: how far the work is at the time of a sample, from 0 to 1. */
  constructor(server: ServerUnderFaults, progress: () => number = () => 0) {
    this.#timer = setInterval(() => {
      const { rssBytes } = server
      if (Number.isFinite(rssBytes)) this.#samples.push({ progress: progress(), rssBytes })
    }, EVERY_MS)
  }

  get peakBytes(): number {
    return summarize(this.#samples.map(({ rssBytes }) => rssBytes)).max
  }

  /** The median while the work went from one point to the other. */
  medianBytes(from: number, to: number): number {
    const window = this.#samples.filter(({ progress }) => progress >= from && progress <= to)
    return summarize(window.map(({ rssBytes }) => rssBytes)).median
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
  }
}
