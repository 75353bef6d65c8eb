// Threads that still run a request for which nobody waits: its time was up, or its client left. When the time for a request is up they are
// interrupted; a thread that does not come back then costs its worker its life.

import type { Link } from './link.ts'
import type { TimeUp } from './deadlines.ts'
import { ANSWER_MS } from './thread-inquiry.ts'
import type { Interrupted, ThreadInquiry } from './thread-inquiry.ts'
import type { Exchange } from '../wsgi/exchange.ts'

// An interruption that came just before a system call began has not broken it off.
const WAKE_EVERY_MS = 250

export interface RunawaySettings {
  /** 0: any time. */
  readonly requestTimeoutMs: number
  readonly interruptGraceMs: number
}

export type RequestLine = Pick<Exchange, 'id' | 'method' | 'target' | 'route'>

/** A request whose thread was interrupted, or could not be. */
export interface InterruptedRequest {
  readonly request: RequestLine
  /** Why; `abandoned`: its client had left before. */
  readonly code: TimeUp | 'abandoned'
  /** `answered`: with 504; `cut`: its answer had begun; `unheard`: its client had left. */
  readonly outcome: 'answered' | 'cut' | 'unheard'
  /** Since its thread got it. */
  readonly ageMs: number
  readonly worker: number
  readonly pid: number
  /**
   * What its thread did; or why nobody knows: `held up` is the worker as a whole, by code that does not let go of the interpreter; `over`: the
   * thread came back, or its worker ended, before that could be asked.
   */
  readonly told: Interrupted | 'held up' | 'over'
  /** The stacks of all threads of a worker that is held up; empty if even a signal does not bring them. */
  readonly stacks: string
}

/** How a worker can be spoken to. */
export interface Reachable {
  readonly pid: number | undefined
  readonly threads: Pick<ThreadInquiry, 'interrupt' | 'signalledStacks'>
}

export interface RunawayOwner {
  worker(number: number): Reachable | undefined
  interrupted(request: InterruptedRequest): void
  /** A thread of `worker` does not come back. */
  stuck(worker: number, why: string): void
}

/** A thread that goes on. */
export interface Runaway {
  readonly link: Link
  readonly request: RequestLine
  readonly code: InterruptedRequest['code']
  readonly outcome: InterruptedRequest['outcome']
  readonly sinceMs: number
  /** When it is to be interrupted. */
  readonly dueMs: number
}

class Interruption {
  /** Its worker was asked, or found to be held up. */
  startedMs: number | undefined
  /** It was told of. */
  isTold = false
  wokenMs = 0
  /** Resolves when it was told of, or never will be. */
  readonly settled: Promise<void>
  settle: () => void = () => undefined

  constructor() {
    this.settled = new Promise((resolve) => (this.settle = resolve))
  }
}

export class Runaways {
  readonly #settings: RunawaySettings
  readonly #owner: RunawayOwner
  readonly #runaways = new Map<Runaway, Interruption>()

  constructor(settings: RunawaySettings, owner: RunawayOwner) {
    this.#settings = settings
    this.#owner = owner
  }

  /** The thread of `link` goes on with a request whose time is up. Its answer is settled. */
  overdue(
    link: Link,
    request: RequestLine,
    code: TimeUp,
    outcome: InterruptedRequest['outcome'],
    nowMs: number,
  ): void {
    this.#add({ link, request, code, outcome, sinceMs: link.sentAtMs, dueMs: nowMs })
  }

  /** The link was closed because the client of `request` left; its thread may go on. */
  abandoned(link: Link, request: RequestLine): void {
    const requestTimeoutMs = request.route?.requestTimeoutMs ?? this.#settings.requestTimeoutMs
    const dueMs = requestTimeoutMs === 0 ? Number.POSITIVE_INFINITY : link.sentAtMs + requestTimeoutMs
    this.#add({ link, request, code: 'abandoned', outcome: 'unheard', sinceMs: link.sentAtMs, dueMs })
  }

  /** The thread number `index` of `worker` has come back. */
  returned(worker: number, index: number): void {
    for (const { link } of this.of(worker)) if (link.index === index) this.#forget(link)
  }

  /** `worker` has ended. */
  ended(worker: number): void {
    for (const { link } of this.of(worker)) this.#forget(link)
  }

  /** Those of `worker`. */
  of(worker: number): readonly Runaway[] {
    return [...this.#runaways.keys()].filter(({ link }) => link.worker === worker)
  }

  /** Resolves when what those threads of `worker` do whose time is up by now was asked and told: before that its process is still needed. */
  async whenTold(worker: number, nowMs: number): Promise<void> {
    const due = this.of(worker).filter(({ dueMs }) => dueMs <= nowMs)
    for (const runaway of due) await this.#runaways.get(runaway)?.settled
  }

  /** To be called every now and then. */
  look(nowMs: number): void {
    for (const [runaway, interruption] of this.#runaways) {
      if (nowMs < runaway.dueMs) continue
      const { link } = runaway
      // A thread that has answered all the same, before its link was closed, is no runaway.
      if (!link.isClosed && !link.isGivenUp) this.#forget(link)
      else this.#pursue(runaway, interruption, nowMs)
    }
  }

  #pursue(runaway: Runaway, interruption: Interruption, nowMs: number): void {
    const { link, dueMs } = runaway
    const { startedMs } = interruption
    if (startedMs === undefined) {
      // As long as others of its batch are on it the link is open, and the thread may come to one of them.
      const isHeldUp = nowMs - dueMs > ANSWER_MS
      if (!link.isClosed && !isHeldUp) return
      interruption.startedMs = interruption.wokenMs = nowMs
      void this.#interrupt(runaway, interruption, isHeldUp && !link.isClosed)
    } else if (interruption.isTold && nowMs - startedMs >= this.#settings.interruptGraceMs) {
      this.#owner.stuck(
        link.worker,
        `a thread of it did not come back from ${runaway.request.method} ${runaway.request.target}`,
      )
    } else if (interruption.isTold && nowMs - interruption.wokenMs >= WAKE_EVERY_MS) {
      interruption.wokenMs = nowMs
      void this.#owner.worker(link.worker)?.threads.interrupt(link.index, link.opening)
    }
  }

  async #interrupt(runaway: Runaway, interruption: Interruption, isHeldUp: boolean): Promise<void> {
    const { link, request, code, outcome, sinceMs } = runaway
    const worker = this.#owner.worker(link.worker)
    if (worker === undefined) {
      interruption.settle()
      return
    }
    const answer = isHeldUp ? undefined : await worker.threads.interrupt(link.index, link.opening)
    const told = answer ?? (this.#runaways.has(runaway) ? 'held up' : 'over')
    const stacks = told === 'held up' ? await worker.threads.signalledStacks() : ''
    interruption.isTold = true
    interruption.settle()
    const ageMs = performance.now() - sinceMs
    this.#owner.interrupted({
      ...{ request, code, outcome, ageMs, told, stacks },
      ...{ worker: link.worker, pid: worker.pid ?? 0 },
    })
  }

  #add(runaway: Runaway): void {
    this.#runaways.set(runaway, new Interruption())
  }

  #forget(link: Link): void {
    for (const [runaway, interruption] of this.#runaways) {
      if (runaway.link !== link) continue
      this.#runaways.delete(runaway)
      interruption.settle()
    }
  }
}
