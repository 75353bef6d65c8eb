// One coarse clock for the deadlines of all connections. What has a deadline lies in the slot of the wheel in which it is looked at
// next. Putting a deadline off is one assignment: the wheel finds out when it comes round. Reads no clock, the time comes in.

const NOWHERE = Number.POSITIVE_INFINITY
const DUE = -1
const MOST_AT_ONCE = 1_024

/** Something to be looked at when a time has come. Belongs to one wheel. */
export abstract class WheelEntry {
  /** The turn in which the wheel looks at it; the wheel's own. */
  turn = NOWHERE

  /** Acts on what is due. Returns when to look again, in ms on the wheel's clock; Infinity: not before it is scheduled again. */
  abstract look(nowMs: number): number
}

/** `slotMs` is the grain: nothing is looked at too early, and what is due not much later than a grain after its time. */
export class TimerWheel {
  readonly slotMs: number
  /** The time of the last `advance`, at most a grain and the event loop's delay behind the clock. */
  nowMs: number
  readonly #slots: Set<WheelEntry>[]
  /** Their time has come. Those that were removed since then stay in here until it is their turn. */
  #due: WheelEntry[] = []
  #turn: number

  constructor(slotMs: number, slots: number, nowMs: number) {
    this.slotMs = slotMs
    this.nowMs = nowMs
    this.#slots = Array.from({ length: slots }, () => new Set())
    this.#turn = Math.floor(nowMs / slotMs)
  }

  /** When `forMs` from now will certainly have passed: the clock may be one grain behind. */
  after(forMs: number): number {
    return this.nowMs + this.slotMs + forMs
  }

  /** Sees to it that `entry` is looked at no later than at `atMs`; if it is to be looked at before, nothing changes. */
  schedule(entry: WheelEntry, atMs: number): void {
    const turn = Math.ceil(atMs / this.slotMs)
    if (turn >= entry.turn || atMs === NOWHERE) return
    this.remove(entry)
    // One that is due beyond a whole round is looked at when the round is over, and put into a slot again.
    entry.turn = Math.min(Math.max(turn, this.#turn + 1), this.#turn + this.#slots.length)
    this.#slotOf(entry.turn).add(entry)
  }

  remove(entry: WheelEntry): void {
    if (entry.turn !== NOWHERE && entry.turn !== DUE) this.#slotOf(entry.turn).delete(entry)
    entry.turn = NOWHERE
  }

  /** Moves on to `nowMs`. Call it every `slotMs` or so; `lookAtSome` until it is done follows. */
  advance(nowMs: number): void {
    this.nowMs = nowMs
    const last = Math.floor(nowMs / this.slotMs)
    while (this.#turn < last) {
      this.#turn++
      const slot = this.#slotOf(this.#turn)
      for (const entry of slot) {
        entry.turn = DUE
        this.#due.push(entry)
      }
      slot.clear()
    }
  }

  /** How many are due and have not been looked at. */
  get dueCount(): number {
    return this.#due.length
  }

  /**
   * Looks at what is due until `most` of them had no more to wait for, which is what costs: clients that came together time out together,
   * and nobody else is to wait for all of them. Returns whether some are left.
   */
  lookAtSome(most: number): boolean {
    let looked = 0
    let ended = 0
    while (looked < this.#due.length && looked < MOST_AT_ONCE && ended < most) {
      const entry = this.#due[looked++]!
      if (entry.turn !== DUE) continue
      entry.turn = NOWHERE
      const nextMs = entry.look(this.nowMs)
      if (nextMs === NOWHERE) ended++
      else this.schedule(entry, nextMs)
    }
    this.#due.splice(0, looked)
    return this.#due.length > 0
  }

  #slotOf(turn: number): Set<WheelEntry> {
    return this.#slots[turn % this.#slots.length]!
  }
}
