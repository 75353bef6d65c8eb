// One front as its supervisor sees it: a process, what it says, and how it ends.

import type { ChildProcess } from 'node:child_process'
import { GantryError } from '../../errors.ts'
import { causeOfEnd } from '../../processes/end-cause.ts'
import { EMPTY_ACCOUNT, type RequestAccount } from '../../observe/request-account.ts'
import { OomKills } from '../../processes/oom-kills.ts'
import type { FrontState } from '../controlled.ts'
import type { BootProgress } from '../../workers/boot-progress.ts'
import type { ServerSummary } from '../server-summary.ts'
import type { Answers, FromFront, Question, StartFront, ToFront } from './front-messages.ts'
import { StartFailure, failureOf } from './start-failure.ts'

// An answer that takes longer comes from an event loop that is held up. For a dump workers are asked
// in their turn, and one that does not answer is made to speak by a signal.
const ANSWER_WITHIN_MS = {
  life: 1_000,
  status: 1_000,
  resize: 1_000,
  dump: 5_000,
} as const
const HEARTBEAT_MS = 1_000
// What it takes to leave nothing behind.
const END_MS = 1_000

const oomKills = new OomKills()

/** How a front ended. */
export interface FrontEnd {
  /** Why, in words that go on after `front 1 ended: `. */
  readonly cause: string
  /** It has finished what it had to, or was told not to. */
  readonly isOrderly: boolean
  /** How long it had been ready; undefined for one that never was. */
  readonly readyForMs: number | undefined
}

export interface FrontTimes {
  readonly bootTimeoutMs: number
  /** How long it may leave the supervisor without an answer once it is ready; 0: any time. */
  readonly unansweredMs: number
}

export class FrontProcess {
  /** Counted from 1 within its generation. */
  readonly number: number
  readonly startedAtMs = Date.now()
  /** Resolves with what it runs when it is ready; rejects with a StartFailure when it will never be. */
  readonly ready: Promise<ServerSummary>
  /** Resolves when it takes no more connections. */
  readonly closed: Promise<void>
  /** Resolves when there is no such process any more. */
  readonly ended: Promise<FrontEnd>
  state: FrontState = 'booting'
  /** What it has done, once it has ended in order. */
  account: RequestAccount = EMPTY_ACCOUNT

  readonly #child: ChildProcess
  readonly #times: FrontTimes
  readonly #bootTimer: NodeJS.Timeout
  readonly #questions = new Map<number, (answer: unknown) => void>()
  #heartbeat: NodeJS.Timeout | undefined
  #lastQuestion = 0
  #readyAtMs: number | undefined
  #boot: { readonly told: BootProgress; readonly atMs: number } | undefined
  #killedFor: string | undefined
  #wasEnded = false
  #settleClosed: () => void = () => undefined
  #failure: StartFailure | undefined
  #settleReady: { readonly resolve: (summary: ServerSummary) => void; readonly reject: (why: Error) => void }
  #settleServing:
    | { readonly resolve: (value: undefined) => void; readonly reject: (why: Error) => void }
    | undefined

  constructor(number: number, child: ChildProcess, start: StartFront, times: FrontTimes) {
    this.number = number
    this.#child = child
    this.#times = times
    const { promise: ready, ...settleReady } = withResolvers<ServerSummary>()
    this.ready = ready
    this.#settleReady = settleReady
    this.#bootTimer = setTimeout(() => this.#bootTimedOut(), times.bootTimeoutMs)
    child.on('message', (message: FromFront) => this.#received(message))
    this.closed = new Promise((resolve) => (this.#settleClosed = resolve))
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => {
        // Without a process there is no 'exit' either.
        if (child.pid === undefined) resolve(this.#end(`it could not be started: ${error.message}`, false))
      })
      child.once('exit', (code, signal) => {
        const killedFor = this.#killedFor
        const { text } = causeOfEnd({ code, signal, killedFor }, () => oomKills.tookOne())
        resolve(this.#end(text, code === 0 || this.#wasEnded))
      })
    })
    this.tell(start)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** How far its workers are with booting; undefined where it has told of none. */
  get boot(): BootProgress | undefined {
    if (this.#boot === undefined) return undefined
    const { told, atMs } = this.#boot
    // It tells what changes, and not how the time goes by.
    const slowest = told.slowest && {
      ...told.slowest,
      forMs: told.slowest.forMs + performance.now() - atMs,
    }
    return { ...told, slowest }
  }

  tell(message: ToFront): void {
    // One that is just dying does not hear it, and need not.
    if (this.#child.connected) this.#child.send(message, () => undefined)
  }

  /** Lets it take connections. Rejects with a StartFailure if it cannot. */
  async serve(): Promise<void> {
    const { promise, ...settle } = withResolvers<undefined>()
    this.#settleServing = settle
    this.tell({ type: 'serve' })
    await promise
  }

  /** Undefined where it does not answer in time, or ends. */
  async ask<About extends Question['about']>(
    question: Question & { readonly about: About },
  ): Promise<Answers[About] | undefined> {
    const id = ++this.#lastQuestion
    const withinMs = ANSWER_WITHIN_MS[question.about]
    let timer: NodeJS.Timeout | undefined
    this.tell({ type: 'question', id, question })
    const answer = await new Promise<unknown>((resolve) => {
      this.#questions.set(id, resolve)
      timer = setTimeout(resolve, withinMs, undefined)
    })
    clearTimeout(timer)
    this.#questions.delete(id)
    return answer as Answers[About] | undefined
  }

  /**
   * Tells it to take no more connections, to finish what it has, and to end; after `withinMs` it is killed. `drain`: others take the new
   * connections. May be called again.
   */
  drain(how: 'stop' | 'drain', withinMs: number): void {
    if (this.state === 'booting') {
      this.end('it was to end while it booted')
      return
    }
    this.state = 'draining'
    this.tell({ type: how })
    const timer = setTimeout(() => this.kill('it did not end in time'), withinMs)
    void this.ended.then(() => clearTimeout(timer))
  }

  /** Ends it at once and in order, if it still answers. `why` is told where its end is: the first reason counts. */
  end(why: string): void {
    this.#wasEnded = true
    this.#killedFor ??= why
    if (this.#child.connected) this.#child.disconnect()
    const timer = setTimeout(() => this.kill(why), END_MS)
    void this.ended.then(() => clearTimeout(timer))
  }

  /** Ends it by force. */
  kill(why: string): void {
    this.#killedFor ??= why
    this.#child.kill('SIGKILL')
  }

  #received(message: FromFront): void {
    switch (message.type) {
      case 'ready':
        clearTimeout(this.#bootTimer)
        this.#readyAtMs = performance.now()
        this.#settleReady.resolve(message.summary)
        this.#watch()
        return
      case 'booting':
        this.#boot = { told: message.boot, atMs: performance.now() }
        return
      case 'serving':
        if (this.state === 'booting') this.state = 'serving'
        this.#settleServing?.resolve(undefined)
        return
      case 'closed':
        this.#settleClosed()
        return
      case 'failed':
        this.#failure = new StartFailure(message)
        return
      case 'account':
        this.account = message.account
        return
      case 'answer':
        this.#questions.get(message.id)?.(message.answer)
        return
    }
  }

  /** Kills it when its event loop answers nothing for too long: its clients and its workers wait for it in vain. */
  #watch(): void {
    const { unansweredMs } = this.#times
    if (unansweredMs === 0) return
    const most = Math.ceil(unansweredMs / HEARTBEAT_MS)
    // Counted and not timed: while this process itself is held up nothing is held against the front.
    let unanswered = 0
    let isAsked = false
    this.#heartbeat = setInterval(() => {
      unanswered++
      if (unanswered > most)
        this.kill(`its event loop was held up for ${Math.round(unansweredMs / 1000)} s by something in it`)
      if (isAsked) return
      isAsked = true
      void this.ask({ about: 'life' }).then((answer) => {
        isAsked = false
        if (answer !== undefined) unanswered = 0
      })
    }, HEARTBEAT_MS)
  }

  #bootTimedOut(): void {
    const { bootTimeoutMs } = this.#times
    const error = new GantryError('GANTRY_FRONT_BOOT_TIMEOUT', { pid: this.pid, bootTimeoutMs })
    this.#failure = new StartFailure(failureOf(error))
    this.kill('it was not ready in time')
  }

  #end(cause: string, isOrderly: boolean): FrontEnd {
    clearTimeout(this.#bootTimer)
    clearInterval(this.#heartbeat)
    const early = (): GantryError => new GantryError('GANTRY_FRONT_EXITED_EARLY', { pid: this.pid, cause })
    const failure = this.#failure ?? new StartFailure(failureOf(early()))
    this.#settleClosed()
    this.#settleReady.reject(failure)
    this.#settleServing?.reject(failure)
    for (const answer of this.#questions.values()) answer(undefined)
    const readyForMs = this.#readyAtMs === undefined ? undefined : performance.now() - this.#readyAtMs
    return { cause, isOrderly, readyForMs }
  }
}

/** A promise, and what settles it. One that is rejected before anybody waits for it is no stray error. */
function withResolvers<T>(): {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (why: Error) => void
} {
  let resolve: (value: T) => void = () => undefined
  let reject: (why: Error) => void = () => undefined
  const promise = new Promise<T>((resolveIt, rejectIt) => {
    resolve = resolveIt
    reject = rejectIt
  })
  promise.catch(() => undefined)
  return { promise, resolve, reject }
}
