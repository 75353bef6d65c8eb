// Hands requests from one bounded queue (priority-queue.ts) to free threads (threads.ts says to which).
//
// Several requests travel to one thread at once where that delays nobody (batch-size.ts). A batch that lasts longer than was expected is
// noticed, no earlier than after WATCH_MS; what waits behind the slow request is taken back and given to another thread. So is what
// waits in a long batch when a thread has nothing to do.

import { type Exchange, isInMemory } from '../wsgi/exchange.ts'
import { quickBatch, slowBatch } from './batch-size.ts'
import { hasLeft, waitOf } from './deadlines.ts'
import type { Waiting } from './exchange-queue.ts'
import { Latencies } from './latencies.ts'
import type { Link } from './link.ts'
import { PriorityQueue } from './priority-queue.ts'
import { ServiceTime } from './service-time.ts'
import { Threads } from './threads.ts'

const LARGEST_BATCH_BYTES = 131_072
const WATCH_MS = 2
// A batch that has taken so many times as long as its requests take on average holds somebody up.
const OVERDUE = 2

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
  readonly #longestBatchMs: number
  readonly #queue = new PriorityQueue()
  readonly #serviceTime = new ServiceTime()
  #warmest: Link | undefined
  #willDispatch = false
  /** When the present turn of the event loop asked for a dispatch. */
  #turnMs = 0
  #watch: NodeJS.Timeout | undefined
  #watchMs = 0
  /** There may be batches that last longer than anybody should wait while a thread is free. */
  #hasLongBatches = false

  /** No batch is to last longer than `longestBatchMs`, but for those of the quickest requests. */
  constructor(links: ReadonlySet<Link>, longestBatchMs: number, dispatched: () => void) {
    this.#links = links
    this.#longestBatchMs = longestBatchMs
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

  /** Whether one more may come: a free thread takes one at once, `queueSize` may wait, here or behind another one in a long batch. */
  hasRoom(queueSize: number): boolean {
    const { length } = this.#queue
    const most = queueSize + this.threads.freeCount
    return length < most && (!this.#hasLongBatches || length + this.#waitingInLongBatches < most)
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
    if (this.#queue.length > 0 || this.#hasLongBatches) this.#dispatchSoon()
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
    const { expectedMicros, meanMicros } = this.#serviceTime
    const quick = quickBatch(expectedMicros)
    const slow = slowBatch(meanMicros, this.oldestWaitMs(nowMs), this.#longestBatchMs)
    while (this.#queue.length > 0) {
      const next = this.threads.next()
      if (next === undefined) return
      if (this.#isWorthWaiting(next.busy, quick, nowMs)) {
        this.#watchFrom(nowMs + WATCH_MS)
        return
      }
      const share = Math.ceil(this.#queue.length / this.threads.freeCount)
      const batch = this.#takeBatch(Math.max(quick, Math.min(slow, share)), nowMs)
      if (batch.length === 0) return
      this.threads.take(next.link)
      // Nobody waits for a thread whose work lasts as long as its client sends.
      this.#warmest = isStreamed(batch[0]!) ? undefined : next.link
      next.link.send(batch, nowMs)
      if (batch.length > 1) this.#expectBack(next.link, nowMs + (OVERDUE * batch.length * meanMicros) / 1_000)
    }
    if (this.#hasLongBatches && this.threads.freeCount > 0) this.#breakUpLongBatches()
  }

  /** All of the batch on `link` should be answered by then. */
  #expectBack(link: Link, byMs: number): void {
    const earliestMs = link.sentAtMs + WATCH_MS
    link.expectedMs = Math.max(byMs, earliestMs)
    if (byMs > earliestMs) this.#hasLongBatches = true
    this.#watchFrom(link.expectedMs)
  }

  get #waitingInLongBatches(): number {
    let waiting = 0
    for (const link of this.#links) if (isLongBatch(link)) waiting += link.outstanding - 1
    return waiting
  }

  /** Nothing waits in the queue: what waits in batches is for the threads that are free. */
  #breakUpLongBatches(): void {
    this.#hasLongBatches = false
    for (const link of this.#links) if (isLongBatch(link)) link.askBack()
  }

  /**
   * Whether a thread at work will be back so soon that waking another one would only cost: a second thread of its worker would
   * fight with it for the interpreter's lock, another worker is worth it only for more than the thread at work can take next.
   */
  #isWorthWaiting(busyOfWorker: number, quick: number, nowMs: number): boolean {
    const warmest = this.#warmest
    if (quick === 1 || warmest === undefined || warmest.isFree) return false
    if (nowMs - warmest.sentAtMs >= WATCH_MS) return false
    return busyOfWorker > 0 || this.#queue.length <= quick
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

  /** Looks after batches at `atMs`, or when it has just looked, later. */
  #watchFrom(atMs: number): void {
    if (this.#watch !== undefined && this.#watchMs <= atMs) return
    clearTimeout(this.#watch)
    this.#watchMs = atMs
    this.#watch = setTimeout(
      () => {
        this.#watch = undefined
        this.#lookAfterBatches()
      },
      Math.max(WATCH_MS, Math.ceil(atMs - performance.now())),
    )
  }

  #lookAfterBatches(): void {
    const nowMs = performance.now()
    let nextMs = Number.POSITIVE_INFINITY
    for (const link of this.#links) {
      if (!link.hasBatch) continue
      nextMs = Math.min(nextMs, link.expectedMs)
      if (link.outstanding > 1 && nowMs >= link.expectedMs) link.askBack()
    }
    this.#dispatch()
    if (nextMs !== Number.POSITIVE_INFINITY) this.#watchFrom(nextMs)
  }
}

/** Requests wait on it for longer than anybody should while a thread is free. */
const isLongBatch = ({ outstanding, expectedMs, sentAtMs }: Link): boolean =>
  outstanding > 1 && expectedMs - sentAtMs > WATCH_MS

const isStreamed = ({ body }: Exchange): boolean => !isInMemory(body) && 'take' in body

function bytesInBatch(exchange: Exchange): number {
  const { body } = exchange
  const bodyBytes = isInMemory(body) ? body.length : 0
  return exchange.sharedEnviron.length + exchange.environBytes() + bodyBytes
}
