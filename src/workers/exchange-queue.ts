// Requests that wait for a free thread, first in, first out, each with the time since when.

import type { Exchange } from '../wsgi/exchange.ts'

const COMPACT_AT = 1024

// A class, as literals that live long are made old from the start by V8, and keep what they lead to.
export class Waiting {
  readonly exchange: Exchange
  readonly sinceMs: number

  constructor(exchange: Exchange, sinceMs: number) {
    this.exchange = exchange
    this.sinceMs = sinceMs
  }
}

export class ExchangeQueue {
  #items: (Waiting | undefined)[] = []
  #first = 0

  get length(): number {
    return this.#items.length - this.#first
  }

  /** `sinceMs` is on the clock of `performance.now()`. */
  push(exchange: Exchange, sinceMs: number): void {
    this.#items.push(new Waiting(exchange, sinceMs))
  }

  /** Puts requests that were taken too early back to where they were. */
  putBack(exchanges: readonly Exchange[], sinceMs: number): void {
    this.#items.splice(0, this.#first, ...exchanges.map((exchange) => new Waiting(exchange, sinceMs)))
    this.#first = 0
  }

  /** Takes out those of which `isDue` says so. */
  takeOut(isDue: (waiting: Waiting) => boolean): readonly Waiting[] {
    const taken: Waiting[] = []
    const left: Waiting[] = []
    for (let i = this.#first; i < this.#items.length; i++) {
      const waiting = this.#items[i]!
      if (isDue(waiting)) taken.push(waiting)
      else left.push(waiting)
    }
    if (taken.length > 0) {
      this.#items = left
      this.#first = 0
    }
    return taken
  }

  peek(): Waiting | undefined {
    return this.#items[this.#first]
  }

  shift(): void {
    if (this.#first === this.#items.length) return
    this.#items[this.#first++] = undefined
    if (this.#first === this.#items.length) {
      this.#items.length = 0
      this.#first = 0
    } else if (this.#first >= COMPACT_AT) {
      this.#items.splice(0, this.#first)
      this.#first = 0
    }
  }
}
