// Which thread gets the next request: one of the worker that has the fewest at work (threads of one worker share an interpreter lock),
// and of its free threads the one used last, whose memory is warm.

import type { Link } from './link.ts'

interface WorkerThreads {
  /** The thread used last is at the end. */
  readonly free: Link[]
  busy: number
  /** Grows with each use, so that of two workers the one used later can be told. */
  lastUse: number
}

export class Threads {
  readonly #workers = new Map<number, WorkerThreads>()
  readonly #links = new Set<Link>()
  #free = 0
  #uses = 0
  #mostBusy = 0

  get count(): number {
    return this.#links.size
  }

  get freeCount(): number {
    return this.#free
  }

  get busyCount(): number {
    return this.#links.size - this.#free
  }

  /** The most at work at once since this was asked last. */
  takeMostBusy(): number {
    const most = Math.max(this.#mostBusy, this.busyCount)
    this.#mostBusy = 0
    return most
  }

  /** A thread is there for the first time: the coldest of its worker. */
  add(link: Link): void {
    this.#links.add(link)
    this.#of(link).free.unshift(link)
    this.#free++
  }

  /** The thread to use next, and how many of its worker are at work. */
  next(): { readonly link: Link; readonly busy: number } | undefined {
    let best: WorkerThreads | undefined
    for (const worker of this.#workers.values()) {
      if (worker.free.length === 0) continue
      if (
        best === undefined ||
        worker.busy < best.busy ||
        (worker.busy === best.busy && worker.lastUse > best.lastUse)
      ) {
        best = worker
      }
    }
    const link = best?.free.at(-1)
    return best === undefined || link === undefined ? undefined : { link, busy: best.busy }
  }

  /** `link`, which `next` has named, is at work. */
  take(link: Link): void {
    const worker = this.#of(link)
    worker.free.pop()
    worker.busy++
    worker.lastUse = ++this.#uses
    this.#free--
    if (this.busyCount > this.#mostBusy) this.#mostBusy = this.busyCount
  }

  /** `link` is free again; false where it was removed meanwhile. */
  giveBack(link: Link): boolean {
    if (!this.#links.has(link)) return false
    const worker = this.#of(link)
    worker.free.push(link)
    worker.busy--
    this.#free++
    return true
  }

  /** `link`, free or at work, gets nothing more. Does nothing where it was not added. */
  remove(link: Link): void {
    if (!this.#links.delete(link)) return
    const worker = this.#of(link)
    const position = worker.free.indexOf(link)
    if (position === -1) {
      worker.busy--
    } else {
      worker.free.splice(position, 1)
      this.#free--
    }
    if (worker.free.length === 0 && worker.busy === 0) this.#workers.delete(link.worker)
  }

  #of(link: Link): WorkerThreads {
    let worker = this.#workers.get(link.worker)
    if (worker === undefined) {
      worker = { free: [], busy: 0, lastUse: 0 }
      this.#workers.set(link.worker, worker)
    }
    return worker
  }
}
