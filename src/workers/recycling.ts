// Whose turn it is to be replaced although nothing is wrong with it: one worker at a time, and not too often. Decides only; whoever
// asks boots the replacement, and brings the time.

import { isReady } from './crew-member.ts'
import type { CrewMember } from './crew-member.ts'
import { limitReached } from './recycling-limits.ts'
import type { LimitReached, RecyclingLimits, WorkerFacts } from './recycling-limits.ts'

// Booting takes the CPU from those who serve: where it does, replacements may boot for a sixth of the time at the most. On a busy machine a
// boot takes longer by the clock, so that the pauses grow with the load.
const PAUSE_PER_BOOT = 5
// A boot that waited for a CPU for this part of its time kept others from theirs; one that found a CPU free took it from nobody.
const CROWDED = 0.1

/** A replacement that serves. */
export interface Boot {
  readonly tookMs: number
  /** The share of the time in which it could have run, but waited for a CPU; undefined where that is not known. */
  readonly cpuWaitShare: number | undefined
}

/** The next worker is replaced no sooner than this after a replacement. */
function pauseAfter({ tookMs, cpuWaitShare = 1 }: Boot, limit: LimitReached['limit']): number {
  // Only answers bring a worker to --max-requests: with the other limits one that is too low would make an idle server boot without end.
  const crowd = limit === 'maxRequests' ? Math.min(1, cpuWaitShare / CROWDED) : 1
  return PAUSE_PER_BOOT * tookMs * crowd
}

export class Recycling {
  readonly #limits: RecyclingLimits
  readonly #longestEndMs: number
  #due: CrewMember | undefined
  #last: Boot = { tookMs: 0, cpuWaitShare: 0 }
  #lastReadyMs = 0

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
    if (this.#due !== undefined) return undefined
    if (members.some((member) => this.#isEnding(member, nowMs))) return undefined
    for (const member of members.filter(isReady)) {
      const why = limitReached(factsOf(member), this.#limits)
      if (why === undefined || nowMs < this.#lastReadyMs + pauseAfter(this.#last, why.limit)) continue
      this.#due = member
      return { member, why }
    }
    return undefined
  }

  /** The replacement serves. Returns who is to retire. */
  replaced(boot: Boot, nowMs: number): CrewMember | undefined {
    const due = this.#due
    if (due === undefined) return undefined
    this.#due = undefined
    this.#last = boot
    this.#lastReadyMs = nowMs
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
