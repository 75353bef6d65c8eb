// Hands requests from one bounded queue (priority-queue.ts) to free threads (threads.ts says to which).
//
// Several requests travel to one thread at once only while the application answers in microseconds: a batch is as much work as
// the recent requests let us expect within BATCH_MICROS. A request that turns out slow all the same is noticed within WATCH_MS,
// and what waits behind it is taken back and given to another thread.

import type { Exchange } from '../wsgi/exchange.ts'
import { hasLeft, waitOf } from './deadlines.ts'
import type { Waiting } from './exchange-queue.ts'
import { Latencies } from './latencies.ts'
import type { Link } from './link.ts'
import { PriorityQueue } from './priority-queue.ts'
import { ServiceTime } from './service-time.ts'
import { Threads } from './threads.ts'

const BATCH_MICROS = 1_000
const LARGEST_BATCH = 64
const LARGEST_BATCH_BYTES = 131_072
const WATCH_MS = 2

export class Dispatcher {
  /** Those that get requests. */
  readonly threads = new Threads()
  /** Time in the queue, and time in the application. */
  readonly waits = new Latencies()
  readonly works = new Latencies()
  /** Called after each dispatch. */
  readonly #dispatched: () => void
  /** All links, those among them that get no requests any more. */
  readonly #links: ReadonlySet<Link>
  readonly #queue = new PriorityQueue()
  readonly #serviceTime = new ServiceTime()
  #warmest: Link | undefined
  #willDispatch = false
  /** When the present turn of the event loop asked for a dispatch. */
  #turnMs = 0
  #watch: NodeJS.Timeout | undefined

  constructor(links: ReadonlySet<Link>, dispatched: () => void) {
    this.#links = links
    this.#dispatched = dispatched
  }

  get queued(): number {
    return this.#queue.length
  }

  /** How long the oldest request has waited; 0 when none does. */
  oldestWaitMs(nowMs: number): number {
    const { oldest } = this.#queue
    return oldest === undefined ? 0 : Math.max(0, nowMs - oldest.sinceMs)
  }

  /** Whether one more may come: a free thread takes one at once, `queueSize` may wait. */
  hasRoom(queueSize: number): boolean {
    return this.#queue.length < queueSize + this.threads.freeCount
  }

  push(exchange: Exchange): void {
    this.#dispatchSoon()
    this.#queue.push(exchange, this.#turnMs)
  }

  /** Puts requests that a thread had taken in front of all others. `sinceMs`: since when they wait. */
  putBack(exchanges: readonly Exchange[], sinceMs: number): void {
    this.#queue.putBack(exchanges, sinceMs)
    this.#dispatchSoon()
  }

  /** A thread is there for the first time. */
  add(link: Link): void {
    this.threads.add(link)
    if (this.#queue.length > 0) this.#dispatchSoon()
  }

  answered(micros: number): void {
    this.#serviceTime.record(micros)
    this.works.record(micros)
  }

  /** A thread that gets requests has done its work; false for one that gets none. */
  freed(link: Link): boolean {
    if (!this.threads.giveBack(link)) return false
    if (this.#queue.length > 0) this.#dispatchSoon()
    return true
  }

  /** Takes requests out of the queue that have waited longer than `timeoutMs`, or than their route allows, or whose clients have left, which are dropped. */
  takeOverdue(timeoutMs: number, nowMs: number): readonly Exchange[] {
    const isOverdue = (waiting: Waiting): boolean => {
      const limitMs = waiting.exchange.route?.queueTimeoutMs ?? timeoutMs
      return limitMs > 0 && waitOf(waiting, nowMs) > limitMs
    }
    const taken = this.#queue.takeOut((waiting) => hasLeft(waiting, nowMs) || isOverdue(waiting))
    for (const waiting of taken) if (hasLeft(waiting, nowMs)) waiting.exchange.drop()
    return taken.filter((waiting) => !hasLeft(waiting, nowMs)).map(({ exchange }) => exchange)
  }

  /** Takes out all that wait, and no longer looks after batches. */
  stop(): readonly Exchange[] {
    clearTimeout(this.#watch)
    return this.#queue.takeOut(() => true).map(({ exchange }) => exchange)
  }

  /** Requests that came in one turn of the event loop are looked at together, when it is over. */
  #dispatchSoon(): void {
    if (this.#willDispatch) return
    this.#willDispatch = true
    this.#turnMs = performance.now()
    setImmediate(() => {
      this.#willDispatch = false
      this.#dispatch()
      this.#dispatched()
    })
  }

  #dispatch(): void {
    const nowMs = performance.now()
    const largest = this.#largestBatch()
    while (this.#queue.length > 0) {
      const next = this.threads.next()
      if (next === undefined) return
      if (this.#isWorthWaiting(next.busy, largest, nowMs)) break
      const batch = this.#takeBatch(largest, nowMs)
      if (batch.length === 0) return
      this.threads.take(next.link)
      // Nobody waits for a thread whose work lasts as long as its client sends.
      this.#warmest = isStreamed(batch[0]!) ? undefined : next.link
      next.link.send(batch, nowMs)
      if (batch.length > 1) this.#startWatch()
    }
    if (this.#queue.length > 0) this.#startWatch()
  }

  #largestBatch(): number {
    return Math.max(1, Math.min(LARGEST_BATCH, Math.floor(BATCH_MICROS / this.#serviceTime.expectedMicros)))
  }

  /**
   * Whether a thread at work will be back so soon that waking another one would only cost: a second thread of its worker would
   * fight with it for the interpreter's lock, another worker is worth it only for more than the thread at work can take next.
   */
  #isWorthWaiting(busyOfWorker: number, largest: number, nowMs: number): boolean {
    const warmest = this.#warmest
    if (largest === 1 || warmest === undefined || warmest.isFree) return false
    if (nowMs - warmest.sentAtMs >= WATCH_MS) return false
    return busyOfWorker > 0 || this.#queue.length <= largest
  }

  #takeBatch(largest: number, nowMs: number): Exchange[] {
    const batch: Exchange[] = []
    let bytes = 0
    while (batch.length < largest) {
      const waiting = this.#queue.peek()
      if (waiting === undefined) break
      const { exchange: next } = waiting
      if (next.client !== 'here' && hasLeft(waiting, nowMs)) {
        this.#queue.shift()
        next.drop()
        continue
      }
      bytes += bytesInBatch(next)
      if (batch.length > 0 && (isStreamed(next) || bytes > LARGEST_BATCH_BYTES)) break
      this.#queue.shift()
      this.waits.record(waitOf(waiting, nowMs) * 1_000)
      batch.push(next)
      if (isStreamed(next)) break
    }
    return batch
  }

  #startWatch(): void {
    this.#watch ??= setTimeout(() => {
      this.#watch = undefined
      this.#lookAfterBatches()
    }, WATCH_MS)
  }

  #lookAfterBatches(): void {
    const nowMs = performance.now()
    let hasBatches = false
    for (const link of this.#links) {
      if (!link.hasBatch) continue
      hasBatches = true
      if (link.outstanding > 1 && nowMs - link.sentAtMs >= WATCH_MS) link.askBack()
    }
    this.#dispatch()
    if (hasBatches) this.#startWatch()
  }
}

const isStreamed = ({ body }: Exchange): boolean => 'take' in body

function bytesInBatch(exchange: Exchange): number {
  const { body } = exchange
  const bodyBytes = 'path' in body || 'take' in body ? 0 : body.length
  return exchange.sharedEnviron.length + exchange.environBytes() + bodyBytes
}
