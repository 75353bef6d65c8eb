// One worker as its pool sees it: the links of its threads, from the first that comes until it is gone.

import type { GantryError } from '../errors.ts'
import type { Link } from './link.ts'

export class ServedWorker {
  readonly number: number
  /** `arriving`: its threads come in; `admitted`: it gets requests; `withdrawn`: it gets none any more. */
  state: 'arriving' | 'admitted' | 'withdrawn' = 'arriving'
  /** Resolves when each of its threads has its link; rejects when it has ended before. */
  readonly whenLinked: Promise<void>
  readonly #links = new Set<Link>()
  readonly #threads: number
  /** Over links that are closed. */
  #answered = 0
  #settleLinked: { readonly resolve: () => void; readonly reject: (error: GantryError) => void }
  #idle: (() => void) | undefined

  constructor(number: number, threads: number) {
    this.number = number
    this.#threads = threads
    const { promise, resolve, reject } = withResolvers()
    this.#settleLinked = { resolve, reject }
    this.whenLinked = promise
    // Nobody waits for it yet when the worker ends before it says that it is ready.
    promise.catch(() => undefined)
  }

  get links(): ReadonlySet<Link> {
    return this.#links
  }

  /** Requests that it answered. */
  get answered(): number {
    let answered = this.#answered
    for (const link of this.#links) answered += link.answered
    return answered
  }

  /** Of its threads, those that are at work; one whose link is closed has not come back yet. */
  get busyThreads(): number {
    if (this.state === 'arriving') return 0
    let free = 0
    for (const link of this.#links) if (link.isFree) free++
    return this.#threads - free
  }

  /** Nothing is under way on it that somebody waits for. */
  get isIdle(): boolean {
    for (const link of this.#links) {
      if (link.outstanding > (link.isGivenUp ? 1 : 0)) return false
    }
    return true
  }

  add(link: Link): void {
    this.#links.add(link)
    if (this.#links.size === this.#threads) this.#settleLinked.resolve()
  }

  remove(link: Link): void {
    if (this.#links.delete(link)) this.#answered += link.answered
    this.tellIfIdle()
  }

  ended(error: GantryError): void {
    this.#settleLinked.reject(error)
    this.#idle?.()
  }

  /** Resolves when it is idle. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      const others = this.#idle
      this.#idle = () => {
        others?.()
        resolve()
      }
      this.tellIfIdle()
    })
  }

  /** To be called when less is under way on it. */
  tellIfIdle(): void {
    if (this.#idle !== undefined && this.isIdle) this.#idle()
  }
}

interface Settled {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: GantryError) => void
}

function withResolvers(): Settled {
  let settle: Omit<Settled, 'promise'> | undefined
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return { promise, ...settle! }
}
