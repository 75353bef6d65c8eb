// Tells of what somebody outside can make happen as often as they like, so that nobody can flood the log: the first few of a kind at
// once, then at most one line in a while that says how many more there were. Each is counted in exactly one line.

import type { Clock, Timer } from './clock.ts'
import { countText } from './count-text.ts'

const EVERY_MS = 10_000

/** A kind of event, and the lines that tell of it. */
export interface EventKind<Detail> {
  /** The shortest time between two lines; 10 s if it does not say. */
  readonly everyMs?: number
  /** How many in that time are told one by one; 1 if it does not say. */
  readonly atOnce?: number
  first(detail: Detail): void
  /** `count` more came in the last `seconds`. */
  more(count: number, last: Detail, seconds: number): void
}

export class Teller {
  readonly #clock: Clock
  readonly #kinds = new Map<EventKind<unknown>, KindState>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  tell<Detail>(kind: EventKind<Detail>, detail: Detail): void {
    const state = this.#kinds.get(kind)
    if (state !== undefined && state.heldBack > 0) {
      state.heldBack++
      state.last = detail
      return
    }
    const nowMs = this.#clock.nowMs()
    const waitMs = state === undefined ? 0 : state.toldMs + everyMsOf(kind) - nowMs
    if (waitMs <= 0) {
      this.#kinds.set(kind, {
        toldMs: nowMs,
        left: atOnceOf(kind) - 1,
        heldBack: 0,
        last: undefined,
        timer: undefined,
      })
      kind.first(detail)
    } else if (state !== undefined && state.left > 0) {
      state.left--
      kind.first(detail)
    } else {
      this.#holdBack(kind, detail, waitMs)
    }
  }

  /** Tells at once what was held back. */
  finish(): void {
    for (const [kind, state] of this.#kinds) {
      if (state.heldBack > 0) this.#tellHeldBack(kind, state)
    }
  }

  #holdBack<Detail>(kind: EventKind<Detail>, detail: Detail, waitMs: number): void {
    const state = this.#kinds.get(kind)!
    state.heldBack = 1
    state.last = detail
    state.timer = this.#clock.startTimer(waitMs, () => this.#tellHeldBack(kind, state))
  }

  #tellHeldBack(kind: EventKind<unknown>, state: KindState): void {
    const { heldBack, last, toldMs } = state
    const nowMs = this.#clock.nowMs()
    state.timer?.stop()
    state.timer = undefined
    state.toldMs = nowMs
    state.left = 0
    state.heldBack = 0
    state.last = undefined
    kind.more(heldBack, last, Math.max(1, Math.round((nowMs - toldMs) / 1000)))
  }
}

interface KindState {
  /** When the first of these was told, or the last that were held back. */
  toldMs: number
  /** How many more may be told one by one. */
  left: number
  heldBack: number
  last: unknown
  /** Runs only while something is held back. */
  timer: Timer | undefined
}

const atOnceOf = ({ atOnce = 1 }: EventKind<never>): number => atOnce
const everyMsOf = ({ everyMs = EVERY_MS }: EventKind<never>): number => everyMs

/** `1 more line`, `4,312 more lines`. */
export function moreOf(count: number, noun: string): string {
  return `${countText(count)} more ${noun}${count === 1 ? '' : 's'}`
}
