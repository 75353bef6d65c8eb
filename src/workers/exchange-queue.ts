// Requests that wait for a free thread, first in, first out.

import type { Exchange } from '../wsgi/exchange.ts'

const COMPACT_AT = 1024

export class ExchangeQueue {
  #items: (Exchange | undefined)[] = []
  #first = 0

  get length(): number {
    return this.#items.length - this.#first
  }

  push(exchange: Exchange): void {
    this.#items.push(exchange)
  }

  /** Puts requests that were taken too early back to where they were. */
  putBack(exchanges: readonly Exchange[]): void {
    this.#items.splice(0, this.#first, ...exchanges)
    this.#first = 0
  }

  peek(): Exchange | undefined {
    return this.#items[this.#first]
  }

  shift(): Exchange | undefined {
    const exchange = this.#items[this.#first]
    if (exchange === undefined) return undefined
    this.#items[this.#first++] = undefined
    if (this.#first === this.#items.length) {
      this.#items.length = 0
      this.#first = 0
    } else if (this.#first >= COMPACT_AT) {
      this.#items.splice(0, this.#first)
      this.#first = 0
    }
    return exchange
  }
}
