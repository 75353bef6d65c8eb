// Which requests have taken too long, of those that wait and of those that an application works on. Looked at every now and then, so that no
// request needs a timer of its own.

import type { RouteSettings } from '../config/options/routes.ts'
import type { Waiting } from './exchange-queue.ts'
import type { Link } from './link.ts'

const SHORTEST_LOOK_MS = 10
const LONGEST_LOOK_MS = 100
// A client that has closed its sending side may still read, as netcat does; one that had to wait is taken to have left.
const ENDED_MS = 100

export interface DeadlineSettings {
  /** 0: any time, for each of them. */
  readonly queueTimeoutMs: number
  readonly requestTimeoutMs: number
  readonly responseIdleTimeoutMs: number
}

/** Why a request was taken from its thread. */
export type TimeUp = 'GANTRY_REQUEST_TIMEOUT' | 'GANTRY_RESPONSE_IDLE_TIMEOUT'

/** How often to look: no deadline passes by more than a quarter. */
export function lookEveryMs(settings: DeadlineSettings, routes: readonly RouteSettings[]): number {
  const deadlines = [settings, ...routes]
    .flatMap((each) => [
      each.queueTimeoutMs ?? 0,
      each.requestTimeoutMs ?? 0,
      each.responseIdleTimeoutMs ?? 0,
    ])
    .filter((ms) => ms > 0)
  return Math.max(SHORTEST_LOOK_MS, Math.min(LONGEST_LOOK_MS, ...deadlines.map((ms) => ms / 4)))
}

/** Which deadline the request that `link` is at has passed. */
export function timeUpOf(link: Link, settings: DeadlineSettings, nowMs: number): TimeUp | undefined {
  const route = link.current?.route
  const requestTimeoutMs = route?.requestTimeoutMs ?? settings.requestTimeoutMs
  const responseIdleTimeoutMs = route?.responseIdleTimeoutMs ?? settings.responseIdleTimeoutMs
  if (requestTimeoutMs > 0 && link.clock.workMs(nowMs) >= requestTimeoutMs) return 'GANTRY_REQUEST_TIMEOUT'
  if (responseIdleTimeoutMs > 0 && link.hasBegun && link.clock.idleMs(nowMs) >= responseIdleTimeoutMs)
    return 'GANTRY_RESPONSE_IDLE_TIMEOUT'
  return undefined
}

/** How long a request has waited, here and before it came here. */
export function waitOf({ exchange, sinceMs }: Waiting, nowMs: number): number {
  return nowMs - sinceMs + (exchange.waitedMs ?? 0)
}

/** Whether the client of a request that waits is taken to be gone. */
export function hasLeft({ exchange: { client }, sinceMs }: Waiting, nowMs: number): boolean {
  return client === 'gone' || (client === 'ended' && nowMs - sinceMs > ENDED_MS)
}
