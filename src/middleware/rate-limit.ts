// How often one client may ask: a token bucket for each, kept as one number (GCRA: the moment at which the bucket is full again).

import { createHash } from 'node:crypto'
import { givenCount, givenDuration } from '../config/given-values.ts'
import { formatAddress, parseAddress } from '../http/ip-address.ts'
import { SYSTEM_CLOCK, type Clock } from '../observe/clock.ts'
import { withParts } from '../wsgi/application-parts.ts'
import type { Application, Middleware } from '../wsgi/application.ts'
import type { Environ } from '../wsgi/environ.ts'
import { errorAnswer } from '../wsgi/error-answer.ts'

/** How often one client may ask. */
export interface RateLimitOptions {
  /** As many on average within `per`. */
  readonly requests: number
  /** `1m`, or milliseconds. */
  readonly per: string | number
  /** As many at once after a pause; `requests` if left out. */
  readonly burst?: number
  /** Who is asking; undefined for who is not limited. The client's address if left out, of IPv6 its /64 network. */
  readonly key?: (environ: Environ) => string | undefined
  /** As many clients are remembered at most; 100,000 if left out. Those who may ask the most are forgotten first. */
  readonly maxKeys?: number
  /** For tests. */
  readonly clock?: Pick<Clock, 'nowMs'>
}

/**
 * Answers 429 with Retry-After (RFC 6585 §4) to whoever asks too often. Each process of the server counts for itself.
 *
 * ```ts
 * rateLimit({ requests: 100, per: '1m', burst: 20 })
 * ```
 *
 * @throws RangeError for numbers that are no limit
 */
export function rateLimit(options: RateLimitOptions): Middleware {
  const { key = clientNetwork, clock = SYSTEM_CLOCK } = options
  const buckets = new Buckets(options)
  return function rateLimit(application) {
    const limited: Application = (environ, startResponse) => {
      const client = key(environ)
      const waitMs = client === undefined ? 0 : buckets.take(client, clock.nowMs())
      if (waitMs === 0) return application(environ, startResponse)
      const seconds = String(Math.ceil(waitMs / 1000))
      return errorAnswer(startResponse, 429, { headers: [['Retry-After', seconds]] })
    }
    return withParts(limited, [application])
  }
}

const IPV6_BYTES = 16
const NETWORK_BYTES = 8
const MAX_KEY_CHARACTERS = 64
// So many of the buckets used longest ago are looked at when one has to go.
const MAX_LOOKED_AT = 16
// Less than this is a rounding error and no wait.
const LEAST_WAIT_MS = 1e-3

/** A network of its own is the least that a client of IPv6 has: within it, it can choose among 2^64 addresses (RFC 6177). */
function clientNetwork({ REMOTE_ADDR = '' }: Environ): string {
  if (!REMOTE_ADDR.includes(':')) return REMOTE_ADDR
  const bytes = parseAddress(REMOTE_ADDR)
  if (bytes?.length !== IPV6_BYTES) return bytes === undefined ? REMOTE_ADDR : formatAddress(bytes)
  return bytes.slice(0, NETWORK_BYTES).join('.')
}

class Buckets {
  readonly #tokenMs: number
  readonly #capacityMs: number
  readonly #maxKeys: number
  /** When each is full again, the one used longest ago first. What is not here is full. */
  readonly #fullAtMs = new Map<string, number>()

  constructor({ requests, per, burst = requests, maxKeys = 100_000 }: RateLimitOptions) {
    this.#tokenMs = givenDuration('rateLimit: per', per, 1) / givenCount('rateLimit: requests', requests, 1)
    this.#capacityMs = givenCount('rateLimit: burst', burst, 1) * this.#tokenMs
    this.#maxKeys = givenCount('rateLimit: maxKeys', maxKeys, 1)
  }

  /** Takes a token. Otherwise returns after how many milliseconds there will be one. */
  take(key: string, nowMs: number): number {
    const name = key.length > MAX_KEY_CHARACTERS ? createHash('sha256').update(key).digest('base64') : key
    const before = this.#fullAtMs.get(name)
    if (before === undefined) this.#makeRoom(nowMs)
    else this.#fullAtMs.delete(name) // set again below, as the last one used
    const fullAtMs = Math.max(before ?? nowMs, nowMs)
    const waitMs = fullAtMs + this.#tokenMs - this.#capacityMs - nowMs
    const isTaken = waitMs < LEAST_WAIT_MS
    this.#fullAtMs.set(name, isTaken ? fullAtMs + this.#tokenMs : fullAtMs)
    return isTaken ? 0 : waitMs
  }

  /** Forgets a few that are full by now, which loses nothing, and where there is no room the fullest of some. */
  #makeRoom(nowMs: number): void {
    let fullest: string | undefined
    let fullestAtMs = Infinity
    let lookedAt = 0
    for (const [name, fullAtMs] of this.#fullAtMs) {
      if (lookedAt++ === MAX_LOOKED_AT) break
      if (fullAtMs <= nowMs) {
        this.#fullAtMs.delete(name)
      } else if (fullAtMs < fullestAtMs) {
        fullest = name
        fullestAtMs = fullAtMs
      }
    }
    if (this.#fullAtMs.size >= this.#maxKeys && fullest !== undefined) this.#fullAtMs.delete(fullest)
  }
}
