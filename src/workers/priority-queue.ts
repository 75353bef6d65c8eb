// Requests that wait for a free thread, by their priority: the higher one first, but one in EVERY is of those that were passed over, so that
// nobody waits for ever. Without routes that say so all are alike, and this is one queue.

import { PRIORITIES, type Priority } from '../config/priorities.ts'
import type { Exchange } from '../wsgi/exchange.ts'
import { ExchangeQueue, type Waiting } from './exchange-queue.ts'

const EVERY = 8
const NORMAL = PRIORITIES.indexOf('normal')

export class PriorityQueue {
  readonly #levels = PRIORITIES.map(() => new ExchangeQueue())
  readonly #normal = this.#levels[NORMAL]!
  /** In the other levels. */
  #others = 0
  /** How often in a row a lower level was passed over. */
  #passedOver = 0

  get length(): number {
    return this.#normal.length + this.#others
  }

  /** `sinceMs` is on the clock of `performance.now()`. */
  push(exchange: Exchange, sinceMs: number): void {
    const priority = exchange.route?.priority
    if (priority === undefined || priority === 'normal') {
      this.#normal.push(exchange, sinceMs)
      return
    }
    this.#levelOf(priority).push(exchange, sinceMs)
    this.#others++
  }

  /** Puts requests that were taken too early back to where they were. */
  putBack(exchanges: readonly Exchange[], sinceMs: number): void {
    for (const priority of PRIORITIES) {
      const own = exchanges.filter(({ route }) => (route?.priority ?? 'normal') === priority)
      if (own.length === 0) continue
      this.#levelOf(priority).putBack(own, sinceMs)
      if (priority !== 'normal') this.#others += own.length
    }
  }

  /** Takes out those of which `isDue` says so. */
  takeOut(isDue: (waiting: Waiting) => boolean): readonly Waiting[] {
    const taken = this.#levels.flatMap((level) => level.takeOut(isDue))
    this.#others = this.#levels.reduce((sum, level) => sum + level.length, 0) - this.#normal.length
    return taken
  }

  /** The one that waits longest. */
  get oldest(): Waiting | undefined {
    return this.#others === 0 ? this.#normal.peek() : longestWaiting(this.#filled)?.peek()
  }

  /** The one whose turn it is. */
  peek(): Waiting | undefined {
    return this.#others === 0 ? this.#normal.peek() : this.#turn()?.peek()
  }

  /** Takes out the one whose turn it is. */
  shift(): void {
    if (this.#others === 0) {
      this.#normal.shift()
      return
    }
    const level = this.#turn()
    if (level === undefined) return
    const isHighest = level === this.#filled[0]
    this.#passedOver = isHighest && this.#filled.length > 1 ? this.#passedOver + 1 : 0
    level.shift()
    if (level !== this.#normal) this.#others--
  }

  #turn(): ExchangeQueue | undefined {
    const [highest, ...lower] = this.#filled
    // Of those that were passed over the one that waits longest.
    return this.#passedOver < EVERY - 1 ? highest : (longestWaiting(lower) ?? highest)
  }

  get #filled(): readonly ExchangeQueue[] {
    return this.#levels.filter(({ length }) => length > 0)
  }

  #levelOf(priority: Priority): ExchangeQueue {
    return this.#levels[PRIORITIES.indexOf(priority)]!
  }
}

/** The queue whose first has waited longest. */
function longestWaiting(queues: readonly ExchangeQueue[]): ExchangeQueue | undefined {
  const sinceMs = (queue: ExchangeQueue): number => queue.peek()?.sinceMs ?? Number.POSITIVE_INFINITY
  let longest = queues[0]
  for (const queue of queues) if (longest !== undefined && sinceMs(queue) < sinceMs(longest)) longest = queue
  return longest
}
