// The paths that the server answers by itself: whether it runs, and whether it can serve. They wait for nobody: no queue, no
// middleware, no application is asked.

import { errorPage } from '../http/error-page.ts'
import type { Exchange } from '../wsgi/exchange.ts'

/** True, or why not, in a few words that anybody may read. */
export type Readiness = true | string

/** The path of a request target. */
export interface PathSpan {
  readonly bytes: Buffer
  readonly pathStart: number
  readonly pathEnd: number
}

export interface HealthOptions {
  /** As in request targets, without a query; empty for none. */
  readonly livePath: string
  readonly readyPath: string
  readonly isReady: () => Readiness
}

// Each answer is about this moment.
const NOT_STORED = ['Cache-Control', 'no-store'] as const
const ALLOW = ['Allow', 'GET, HEAD'] as const

/** Undefined where neither path is answered. */
export function healthEndpoints(options: HealthOptions): HealthEndpoints | undefined {
  return options.livePath === '' && options.readyPath === '' ? undefined : new HealthEndpoints(options)
}

export class HealthEndpoints {
  /** Requests that were answered here. */
  answered = 0
  /** Of them, by status. */
  readonly failures = new Map<number, number>()
  readonly #livePath: Buffer
  readonly #readyPath: Buffer
  readonly #isReady: () => Readiness

  constructor({ livePath, readyPath, isReady }: HealthOptions) {
    this.#livePath = Buffer.from(livePath, 'latin1')
    this.#readyPath = Buffer.from(readyPath, 'latin1')
    this.#isReady = isReady
  }

  /** Answers a request for one of the paths; false: it is for somebody else. */
  answers(path: PathSpan, exchange: Exchange): boolean {
    const isLive = isPath(this.#livePath, path)
    if (!isLive && !isPath(this.#readyPath, path)) return false
    this.answered++
    const status = answer(exchange, isLive || this.#isReady())
    if (status >= 400) this.failures.set(status, (this.failures.get(status) ?? 0) + 1)
    return true
  }
}

/** Returns the status. */
function answer(exchange: Exchange, readiness: Readiness): number {
  const { method } = exchange
  if (method !== 'GET' && method !== 'HEAD') return send(exchange, 405, undefined, [ALLOW])
  return readiness === true ? send(exchange, 200) : send(exchange, 503, readiness)
}

function send(
  exchange: Exchange,
  status: number,
  reason?: string,
  fields: readonly (typeof ALLOW)[] = [],
): number {
  const { head, body } = errorPage(status, reason, [NOT_STORED, ...fields])
  exchange.answer(head, body, 0, body.length)
  return status
}

/** Nearly all paths differ in their length or in the letters looked at first. */
function isPath(path: Buffer, { bytes, pathStart, pathEnd }: PathSpan): boolean {
  if (pathEnd - pathStart !== path.length || path.length === 0) return false
  for (let i = path.length - 1; i >= 0; i--) {
    if (bytes[pathStart + i] !== path[i]) return false
  }
  return true
}
