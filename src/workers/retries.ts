// Which requests are tried again on another worker when theirs has died (`--retry-idempotent`), and that none is tried a third time.

import type { Exchange } from '../wsgi/exchange.ts'

/** RFC 9110 §9.2.2, without TRACE: asked twice they mean the same as once. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

export class Retries {
  readonly #tried = new WeakSet<Exchange>()

  /** Whether `exchange`, of whose answer nothing has come, may be tried again: once. */
  mayTry(exchange: Exchange): boolean {
    const isWhole = !('take' in exchange.body)
    if (!isWhole || exchange.client !== 'here' || !IDEMPOTENT.has(exchange.method)) return false
    if (this.#tried.has(exchange)) return false
    this.#tried.add(exchange)
    return true
  }
}
