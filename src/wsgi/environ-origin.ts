// The strings of a request's environ, read from the environ blocks that its gateway writes.

import type { Exchange } from './exchange.ts'

/** How many values begin an own environ block, before keys and values take turns (protocol/link.md). */
export const OWN_VALUES = 4

/** An exchange's environ, as it was before anybody changed it. */
export interface EnvironOrigin {
  readonly exchange: Exchange
  /** Keys and values in turn. */
  readonly sharedPairs: readonly string[]
  /** REQUEST_METHOD, PATH_INFO, QUERY_STRING and REQUEST_URI, then keys and values in turn. */
  readonly own: readonly string[]
}

/** The keys that `environObject` names: comparing a key with them costs nothing when it is the very same string. */
const USUAL_KEYS = new Map(
  [
    'SERVER_NAME',
    'SERVER_PORT',
    'SERVER_SOFTWARE',
    'SCRIPT_NAME',
    'REMOTE_ADDR',
    'REMOTE_PORT',
    'wsgi.url_scheme',
    'SERVER_PROTOCOL',
    'HTTP_HOST',
    'HTTP_USER_AGENT',
    'HTTP_ACCEPT',
    'HTTP_ACCEPT_LANGUAGE',
    'HTTP_ACCEPT_ENCODING',
    'HTTP_COOKIE',
    'HTTP_REFERER',
    'HTTP_CONNECTION',
    'HTTP_X_FORWARDED_FOR',
    'HTTP_X_FORWARDED_PROTO',
    'HTTP_SEC_FETCH_DEST',
    'HTTP_SEC_FETCH_MODE',
    'HTTP_SEC_FETCH_SITE',
    'CONTENT_LENGTH',
    'CONTENT_TYPE',
  ].map((key) => [key, key]),
)

/** Reads the strings of an exchange's environ. */
export function environOrigin(exchange: Exchange): EnvironOrigin {
  return new ReadOrigin(exchange)
}

// An object of a class, as is everything that lives as long as its request and leads to it: of literals that live long V8 makes all later
// ones old from the start, and what they lead to then waits for the next full collection.
class ReadOrigin implements EnvironOrigin {
  readonly exchange: Exchange
  readonly sharedPairs: readonly string[]
  readonly own: readonly string[]

  constructor(exchange: Exchange) {
    this.exchange = exchange
    this.sharedPairs = pairsOf(exchange.sharedEnviron)
    this.own = ownStrings(exchange)
  }
}

// A shared block is the same object for all requests of a connection that are alike.
const knownPairs = new WeakMap<Uint8Array, readonly string[]>()

function pairsOf(block: Uint8Array): readonly string[] {
  const known = knownPairs.get(block)
  if (known !== undefined) return known
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength)
  const strings: string[] = []
  readPairs(bytes.toString('latin1'), 0, strings)
  const byKey = new Map<string, string>()
  for (let i = 0; i < strings.length; i += 2) byKey.set(strings[i]!, strings[i + 1]!)
  const pairs = [...byKey].flat()
  knownPairs.set(block, pairs)
  return pairs
}

let scratch = Buffer.allocUnsafeSlow(16_384)

function ownStrings(exchange: Exchange): readonly string[] {
  const needed = exchange.environBytes()
  if (needed > scratch.length) scratch = Buffer.allocUnsafeSlow(needed * 2)
  const text = scratch.toString('latin1', 0, exchange.writeEnviron(scratch, 0))
  const strings = ['', '', '', '']
  let start = 0
  for (let i = 0; i < OWN_VALUES; i++) {
    const end = text.indexOf('\0', start)
    strings[i] = text.slice(start, end)
    start = end + 1
  }
  readPairs(text, start, strings)
  return strings
}

/** Adds the keys and values that stand in a block from `start` on. */
function readPairs(block: string, start: number, pairs: string[]): void {
  for (let keyStart = start; keyStart < block.length; ) {
    const keyEnd = block.indexOf('\0', keyStart)
    const valueEnd = block.indexOf('\0', keyEnd + 1)
    const key = block.slice(keyStart, keyEnd)
    pairs.push(USUAL_KEYS.get(key) ?? key, block.slice(keyEnd + 1, valueEnd))
    keyStart = valueEnd + 1
  }
}
