// A worker as its crew sees it: what it is doing, since when, and whether it is one of those that are wanted.

import type { LostRequest } from './crew-reports.ts'
import type { WorkerState } from './pool-status.ts'
import type { WorkerProcess } from './worker-process.ts'

export interface CrewMember {
  readonly process: WorkerProcess
  /** On the clock of the crew, as all times here. */
  readonly startedAtMs: number
  /** How many requests it may answer; 0: any. */
  readonly requestLimit: number
  state: WorkerState
  /** Whether it is one of the wanted number. One that retires or is stuck is not: another takes its place. */
  holdsPlace: boolean
  /** What ends it was asked for: its end is no death. */
  isAskedToEnd: boolean
  /** When it was ready. What ends it before that is a boot failure. */
  servingSinceMs: number | undefined
  retiringSinceMs: number
  /** When it was last looked at. */
  rssBytes: number
  /** Requests that broke off; told together with its end. */
  readonly lost: LostRequest[]
}

export function newMember(process: WorkerProcess, startedAtMs: number, requestLimit: number): CrewMember {
  return {
    process,
    startedAtMs,
    requestLimit,
    state: 'booting',
    holdsPlace: true,
    isAskedToEnd: false,
    servingSinceMs: undefined,
    retiringSinceMs: 0,
    rssBytes: 0,
    lost: [],
  }
}

export const isBooting = ({ state }: CrewMember): boolean => state === 'booting'
export const isReady = ({ state }: CrewMember): boolean => state === 'ready'
