// Whose turn it is to be replaced although nothing is wrong with it: one worker at a time, and not too often. Decides only; whoever
// asks boots the replacement, and brings the time.

import { isReady } from './crew-member.ts'
import type { CrewMember } from './crew-member.ts'
import { limitReached } from './recycling-limits.ts'
import type { LimitReached, RecyclingLimits, WorkerFacts } from './recycling-limits.ts'

// Booting takes the CPU from those who serve: replacements may do so for a sixth of the time at the most. On a busy machine a boot takes
// longer by the clock, so that the pauses grow with the load.
const PAUSE_PER_BOOT = 5

/** The next worker is replaced no sooner than this after a replacement that took `bootMs` to boot. */
const pauseAfterBoot = (bootMs: number): number => PAUSE_PER_BOOT * bootMs

export class Recycling {
  readonly #limits: RecyclingLimits
  readonly #longestEndMs: number
  #due: CrewMember | undefined
  #nextMs = 0

  /** A worker that has not ended `longestEndMs` after it retired keeps no other from its turn. */
  constructor(limits: RecyclingLimits, longestEndMs: number) {
    this.#limits = limits
    this.#longestEndMs = longestEndMs
  }

  /** Who serves on until its replacement does. */
  get due(): CrewMember | undefined {
    return this.#due
  }

  /** The next whose turn it is, and why; undefined where it is nobody's. */
  next(
    members: readonly CrewMember[],
    factsOf: (member: CrewMember) => WorkerFacts,
    nowMs: number,
  ): { readonly member: CrewMember; readonly why: LimitReached } | undefined {
    if (this.#due !== undefined || nowMs < this.#nextMs) return undefined
    if (members.some((member) => this.#isEnding(member, nowMs))) return undefined
    for (const member of members.filter(isReady)) {
      const why = limitReached(factsOf(member), this.#limits)
      if (why === undefined) continue
      this.#due = member
      return { member, why }
    }
    return undefined
  }

  /** The replacement serves, after `bootMs`. Returns who is to retire. */
  replaced(bootMs: number, nowMs: number): CrewMember | undefined {
    const due = this.#due
    if (due === undefined) return undefined
    this.#due = undefined
    this.#nextMs = nowMs + pauseAfterBoot(bootMs)
    return due
  }

  /** Who was due is so no more: it has ended, or there are too many workers. */
  cancel(): void {
    this.#due = undefined
  }

  #isEnding({ state, retiringSinceMs }: CrewMember, nowMs: number): boolean {
    return state === 'retiring' && nowMs - retiringSinceMs < this.#longestEndMs
  }
}
