// What holds for the requests of some paths only.
import { type ValueOf, repeatable, single } from '../option.ts'
import { settingOfKey } from '../setting-of-key.ts'
import { toggle } from '../toggle.ts'
import { PRIORITY, ROUTE } from '../value-types.ts'
import { LIMITS } from './limits.ts'
import { TIMES } from './times.ts'

/** What can be set for a path: options of the server, by their names in the table, and what only paths have. */
export const ROUTE_SETTINGS = {
  requestTimeoutMs: TIMES.requestTimeoutMs,
  queueTimeoutMs: TIMES.queueTimeoutMs,
  responseIdleTimeoutMs: TIMES.responseIdleTimeoutMs,
  maxBodyBytes: LIMITS.maxBodyBytes,
  streamRequests: toggle({
    group: 'Mounts and routes',
    help: 'Whether requests are handed over at once, and their bodies read as they arrive.',
    since: '0.1.0',
  }),
  priority: single({
    group: 'Mounts and routes',
    metavariable: 'PRIORITY',
    type: PRIORITY,
    default: 'normal',
    help: 'Which requests come first when they wait for a thread: high, normal or low.',
    since: '0.1.0',
  }),
}

export type RouteSettings = {
  readonly [Name in keyof typeof ROUTE_SETTINGS]?: ValueOf<(typeof ROUTE_SETTINGS)[Name]>
}

/** What code says of a path. */
export interface RouteInCode {
  readonly requestTimeout?: string
  readonly queueTimeout?: string
  readonly responseIdleTimeout?: string
  readonly maxBodyBytes?: string | number
  readonly streamRequests?: boolean
  readonly priority?: 'high' | 'normal' | 'low'
}

export const ROUTES = {
  routes: repeatable({
    group: 'Mounts and routes',
    metavariable: '"ROUTE NAME=VALUE"',
    type: settingOfKey({
      key: ROUTE,
      settings: ROUTE_SETTINGS,
      expected: 'a route and a setting, such as "/export request-timeout=5m"',
    }),
    separator: ',',
    isList: true,
    default: [],
    help: 'For requests whose path is ROUTE or lies below it, in place of what holds for all: request-timeout, queue-timeout, response-idle-timeout, max-body-bytes, stream-requests (on or off) or priority (high, normal or low). Of several routes the longest counts that says anything of NAME. Who waits for a thread is served in the order of priority, but one request of eight is of those that others overtake.',
    since: '0.1.0',
  }),
}
