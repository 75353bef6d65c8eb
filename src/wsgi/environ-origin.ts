import type { Exchange } from './exchange.ts'

/** An exchange's environ, as it was before anybody changed it. */
export interface EnvironOrigin {
  readonly exchange: Exchange
  /** Keys and values in turn. */
  readonly sharedPairs: readonly string[]
  /** REQUEST_METHOD, PATH_INFO, QUERY_STRING and REQUEST_URI, then keys and values in turn. */
  readonly own: readonly string[]
}
