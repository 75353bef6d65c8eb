// Status and headers of an answer: checked as PEP 3333 and RFC 9110 demand, then made into what gateways copy out. The rules are those
// of python/gantry_worker/response_head.py. Only this file decides which heads a TypeScript application may send.

import type { Header } from './header.ts'
import { AssertionError } from './assertion-error.ts'
import { reasonPhrase } from '../http/reason-phrases.ts'
import type { ResponseHead } from './response-head.ts'

// RFC 9110 §7.6.1: fields that speak about one connection, which is the server's and not the application's.
export const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'trailers',
  'transfer-encoding',
  'upgrade',
])
const STATUS = /^([2-9][0-9]{2})(?: (.*))?$/s
const INTERIM_STATUS = /^1[0-9]{2}(?: .*)?$/s
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const DIGITS = /^[0-9]{1,15}$/
// Line ends would let a value write headers of its own (response splitting); the other controls have no business here.
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/
const BEYOND_LATIN1 = /[^\u0000-\u00ff]/
const UNSENDABLE = /[^\t\u0020-\u007e\u0080-\u00ff]/

type NameKind = 'plain' | 'date' | 'server' | 'content-length'

interface KnownName {
  readonly kind: NameKind
  /** The last value that was checked and found good. */
  value: string | undefined
}

interface StatusLine {
  readonly code: number
  readonly reason: string
}

// Applications send the same few heads again and again. All caches are bounded: what is sent may come from a client.
const MAX_CACHED = 256
const MAX_CACHED_BYTES = 1024
const statusLines = new Map<string, StatusLine>()
const knownNames = new Map<string, KnownName>()
/** Each head has one place, which another one with the same may take over. */
const heads: (CachedHead | undefined)[] = new Array<undefined>(MAX_CACHED).fill(undefined)
/** The head that came last to each place. One that comes once, as with an id of its request in it, would only be garbage that has grown old. */
const lastMarks = new Int32Array(MAX_CACHED)

interface CachedHead {
  readonly status: string
  /** Names and values in turn, as they were given. */
  readonly given: readonly string[]
  readonly head: CheckedHead
}

/** A head that may be sent. Never changes. */
export class CheckedHead implements ResponseHead {
  readonly status: number
  readonly reason: string
  readonly hasDate: boolean
  readonly hasServer: boolean
  readonly contentLength: number
  readonly blockStart = 0
  readonly blockEnd: number
  /** Names and values in turn. */
  readonly #strings: readonly string[]
  #bytes: Buffer | undefined

  constructor(status: number, reason: string, strings: readonly string[], kinds: HeadKinds) {
    this.status = status
    this.reason = reason
    this.hasDate = kinds.hasDate
    this.hasServer = kinds.hasServer
    this.contentLength = kinds.contentLength
    this.#strings = strings
    this.blockEnd = blockBytes(reason, strings)
  }

  /** Made when they are asked for: not every head is sent. */
  get bytes(): Buffer {
    return (this.#bytes ??= encodeBlock(this.reason, this.#strings))
  }

  /** A list of one's own. */
  get headers(): Header[] {
    const strings = this.#strings
    const headers: Header[] = []
    for (let i = 0; i < strings.length; i += 2) headers.push([strings[i]!, strings[i + 1]!])
    return headers
  }

  /** The same with a Content-Length field, unless it has one or must have none (RFC 9110 §8.6). */
  withLength(length: number): CheckedHead {
    if (this.contentLength !== -1 || this.status === 204 || this.status === 304) return this
    const { hasDate, hasServer } = this
    const strings = [...this.#strings, 'Content-Length', String(length)]
    return new CheckedHead(this.status, this.reason, strings, { hasDate, hasServer, contentLength: length })
  }
}

interface HeadKinds {
  hasDate: boolean
  hasServer: boolean
  contentLength: number
}

/**
 * Checks what an application gave to `startResponse`.
 *
 * @throws AssertionError if the interface was broken, RangeError for a status or value that cannot be sent; each names the offending part
 */
export function checkHead(status: string, headers: readonly Header[]): CheckedHead {
  const mark = markOf(status, headers)
  const place = (mark ^ (mark >>> 8) ^ (mark >>> 16)) & (MAX_CACHED - 1)
  const cached = heads[place]
  if (cached !== undefined && isSame(cached, status, headers)) return cached.head
  const line = statusLine(status)
  const given = checkedPairs(headers)
  const head = makeHead(line, given)
  if (lastMarks[place] === mark && head.blockEnd <= MAX_CACHED_BYTES)
    heads[place] = cachedHead(status, line, [...given])
  lastMarks[place] = mark
  return head
}

// Of strings of its own: where V8 sees lists from `checkedPairs` grow old, it makes all of them old from the start, and every request's
// memory then waits for the next full collection.
function cachedHead(status: string, line: StatusLine, given: readonly string[]): CachedHead {
  return { status, given, head: makeHead(line, given) }
}

/** A number that equal heads have in common, and others hardly ever. */
function markOf(status: string, headers: readonly Header[]): number {
  if (typeof status !== 'string' || !Array.isArray(headers)) return 0
  let mark = status.length
  for (const header of headers as readonly unknown[]) {
    const value: unknown = Array.isArray(header) ? header[1] : undefined
    if (typeof value === 'string') mark = mixed(mark, value)
  }
  return mark
}

/** Not of all characters: values that differ mostly do so in their length, in the last digits, or as a whole. */
function mixed(mark: number, value: string): number {
  const { length } = value
  let sum = Math.imul(mark, 31) + length
  if (length > 0) sum = Math.imul(sum, 31) + value.charCodeAt(length - 1)
  if (length > 1) sum = Math.imul(sum, 31) + value.charCodeAt(length - 2)
  if (length > 8) sum = Math.imul(sum, 31) + value.charCodeAt(length >> 1)
  if (length > 8) sum = Math.imul(sum, 31) + value.charCodeAt(length >> 2)
  return sum | 0
}

function isSame({ status, given }: CachedHead, otherStatus: string, headers: readonly Header[]): boolean {
  if (status !== otherStatus || !Array.isArray(headers) || given.length !== 2 * headers.length) return false
  for (let i = 0; i < headers.length; i++) {
    const header: unknown = headers[i]
    if (!Array.isArray(header) || header.length !== 2) return false
    if (header[0] !== given[2 * i] || header[1] !== given[2 * i + 1]) return false
  }
  return true
}

/** Names and values in turn. */
function checkedPairs(headers: unknown): readonly string[] {
  if (!Array.isArray(headers))
    throw new AssertionError(`response headers must be an array, not ${nameOfType(headers)}`)
  const strings: string[] = []
  for (const header of headers as readonly unknown[]) {
    checkPair(header)
    strings.push(header[0], header[1])
  }
  return strings
}

function makeHead({ code, reason }: StatusLine, given: readonly string[]): CheckedHead {
  const kinds: HeadKinds = { hasDate: false, hasServer: false, contentLength: -1 }
  let hasForbiddenLength = false
  for (let i = 0; i < given.length; i += 2) {
    const name = given[i]!
    const value = given[i + 1]!
    const known = knownName(name)
    if (known.value !== value) checkValue(name, value, known)
    const { kind } = known
    if (kind === 'date') kinds.hasDate = true
    else if (kind === 'server') kinds.hasServer = true
    else if (kind === 'content-length' && code === 204) hasForbiddenLength = true
    else if (kind === 'content-length') kinds.contentLength = parseContentLength(value, kinds.contentLength)
  }
  return new CheckedHead(code, reason, hasForbiddenLength ? withoutLength(given) : given, kinds)
}

/** RFC 9110 §8.6: never in a 204. */
function withoutLength(given: readonly string[]): readonly string[] {
  const isLength = (name: string): boolean => knownName(name).kind === 'content-length'
  return given.filter((_, i) => !isLength(given[i - (i % 2)]!))
}

function statusLine(status: string): StatusLine {
  const known = statusLines.get(status)
  if (known !== undefined) return known
  const line = parseStatus(status)
  if (statusLines.size < MAX_CACHED && status.length <= MAX_CACHED_BYTES) statusLines.set(status, line)
  return line
}

/** RFC 9112 §4: three digits, a space, a reason phrase; the standard's phrase where there is none. */
function parseStatus(status: unknown): StatusLine {
  if (typeof status !== 'string')
    throw new AssertionError(`status must be a string like '200 OK', not ${nameOfType(status)}`)
  if (INTERIM_STATUS.test(status))
    throw new RangeError(`'${status}' is an interim status (1xx) and cannot be the final one`)
  const match = STATUS.exec(status)
  if (match === null || CONTROL.test(status))
    throw new RangeError(
      `status must be three digits, a space and a reason like '200 OK', not ${JSON.stringify(status)}`,
    )
  if (BEYOND_LATIN1.test(status))
    throw new RangeError(`status ${JSON.stringify(status)} holds characters outside latin-1`)
  const code = Number(match[1])
  return { code, reason: match[2] || reasonPhrase(code) }
}

function checkPair(header: unknown): asserts header is Header {
  if (!Array.isArray(header) || header.length !== 2)
    throw new AssertionError(`each response header must be an array [name, value], not ${shown(header)}`)
  const name: unknown = header[0]
  const value: unknown = header[1]
  if (typeof name !== 'string')
    throw new AssertionError(
      `the name of response header ${shown(header)} must be a string, not ${nameOfType(name)}`,
    )
  if (typeof value !== 'string')
    throw new AssertionError(
      `the value of response header '${name}' must be a string, not ${nameOfType(value)}`,
    )
}

function knownName(name: string): KnownName {
  const known = knownNames.get(name)
  if (known !== undefined) return known
  if (!TOKEN.test(name))
    throw new RangeError(`${JSON.stringify(name)} is not a header name (a token, RFC 9110 section 5.6.2)`)
  const lower = name.toLowerCase()
  if (HOP_BY_HOP.has(lower))
    throw new AssertionError(
      `'${name}' is a hop-by-hop header; it belongs to the server, not to the application`,
    )
  const kind = lower === 'date' || lower === 'server' || lower === 'content-length' ? lower : 'plain'
  const found: KnownName = { kind, value: undefined }
  if (knownNames.size < MAX_CACHED) knownNames.set(name, found)
  return found
}

function checkValue(name: string, value: string, known: KnownName): void {
  if (UNSENDABLE.test(value)) throw unsendable(name, value)
  if (value.length <= MAX_CACHED_BYTES) known.value = value
}

function unsendable(name: string, value: string): RangeError {
  const control = CONTROL.exec(value)
  return new RangeError(
    control === null
      ? `the value of response header '${name}' holds characters outside latin-1: ${JSON.stringify(value)}`
      : `the value of response header '${name}' holds the control character ${JSON.stringify(control[0])}`,
  )
}

function parseContentLength(value: string, before: number): number {
  if (before !== -1) throw new RangeError('Content-Length is given more than once')
  if (!DIGITS.test(value))
    throw new RangeError(`Content-Length must be digits only, not ${JSON.stringify(value)}`)
  return Number(value)
}

function blockBytes(reason: string, strings: readonly string[]): number {
  let bytes = reason.length + 1
  for (const string of strings) bytes += string.length + 1
  return bytes
}

function encodeBlock(reason: string, strings: readonly string[]): Buffer {
  let text = `${reason}\0`
  for (const string of strings) text += `${string}\0`
  return Buffer.from(text, 'latin1')
}

/** What was given for a header, as far as it can be told: neither JSON nor String takes every value. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(shownPart).join(', ')}]`
  return shownPart(value)
}

function shownPart(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Uint8Array)
    return `${nameOfType(value)} ${JSON.stringify(Buffer.from(value).toString('latin1'))}`
  return nameOfType(value)
}

/** The type of a value as a message names it. */
export function nameOfType(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  const { constructor } = value as { readonly constructor?: unknown }
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'object'
}
