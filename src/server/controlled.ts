// What a running server tells of itself and can be told to do, from outside: through its control socket, and by signals.

import type { GatewayStats } from '../gateways/gateway-server.ts'
import type { RefusalCount } from '../observe/refusals.ts'
import type { PoolStatus } from '../workers/pool-status.ts'

/** What a front tells of itself. */
export interface FrontStatus extends GatewayStats {
  /** Whether `--ready-path` says so. */
  readonly isReady: boolean
  /** Over about the last ten seconds. */
  readonly requestsPerSecond: number
  /** Of each Python application behind it, as far as they are known. */
  readonly pools: readonly PoolStatus[]
  /** What was refused since its start, or cut, the most frequent first. */
  readonly refusals: readonly RefusalCount[]
}

/** `booting`: not ready yet; `serving`: takes connections; `draining`: finishes what it has accepted, and ends. */
export type FrontState = 'booting' | 'serving' | 'draining'

export interface SupervisedFront {
  /** Counted from 1 within its generation. */
  readonly number: number
  readonly pid: number
  readonly generation: number
  readonly state: FrontState
  /** On the clock of `Date.now()`. */
  readonly startedAtMs: number
  readonly rssBytes: number
  readonly pssBytes: number
  /** Undefined where it did not answer within a second: its event loop is held up. */
  readonly status: FrontStatus | undefined
}

export interface FrontDeath {
  readonly front: number
  readonly pid: number
  readonly atMs: number
  readonly cause: string
}

export interface ServerStatus {
  readonly version: string
  /** Of the supervisor, which signals go to. */
  readonly pid: number
  readonly startedAtMs: number
  readonly application: string
  readonly addresses: readonly string[]
  readonly state: 'starting' | 'serving' | 'reloading' | 'stopping'
  /** Counted from 1; each reload that succeeds is one more. */
  readonly generation: number
  readonly lastReload: { readonly atMs: number; readonly outcome: ReloadOutcome } | undefined
  readonly fronts: readonly SupervisedFront[]
  /** The last ones, the latest at the end. */
  readonly deaths: readonly FrontDeath[]
}

/** `reason` is what the new generation says of why it cannot start, a traceback perhaps: several lines. */
export type ReloadOutcome =
  | { readonly isDone: true; readonly generation: number }
  | { readonly isDone: false; readonly reason: string }

export interface Controlled {
  status(): Promise<ServerStatus>
  /** Starts the next generation and switches to it. Resolves when it serves, or cannot; the old one then goes on. */
  reload(why: string): Promise<ReloadOutcome>
  /** As SIGTERM. Resolves when stopping has begun. */
  stop(): Promise<void>
  /** The stacks of all requests in flight, as text for people. */
  dump(): Promise<string>
  /** Moves the number of workers, or the floor of their range, of all fronts together. Resolves with what it is then. */
  resize(by: number): Promise<{ readonly fewest: number; readonly most: number }>
}
