// Status and headers of an answer: checked as PEP 3333 and RFC 9110 demand, then made into what gateways copy out. The rules are those
// of python/gantry_worker/response_head.py. Only this file decides which heads a TypeScript application may send.

import type { Header } from './header.ts'
import { AssertionError } from './assertion-error.ts'
import { reasonPhrase } from '../http/reason-phrases.ts'
import type { ResponseHead } from './response-head.ts'

// RFC 9110 §7.6.1: fields that speak about one connection, which is the server's and not the application's.
const HOP_BY_HOP = new Set([
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

type NameKind = 'plain' | 'date' | 'server' | 'content-length'

// Applications send the same few heads again and again. Both caches are bounded: what is sent may come from a client.
const MAX_CACHED = 256
const MAX_CACHED_CHARACTERS = 1024
const heads = new Map<string, CheckedHead>()
const nameKinds = new Map<string, NameKind>()

/** A head that may be sent. Never changes. */
export class CheckedHead implements ResponseHead {
  readonly status: number
  readonly reason: string
  readonly hasDate: boolean
  readonly hasServer: boolean
  readonly contentLength: number
  readonly bytes: Buffer
  readonly blockStart = 0
  readonly blockEnd: number
  readonly #headers: readonly (readonly [string, string])[]

  constructor(status: number, reason: string, headers: readonly Header[], kinds: HeadKinds) {
    this.status = status
    this.reason = reason
    this.hasDate = kinds.hasDate
    this.hasServer = kinds.hasServer
    this.contentLength = kinds.contentLength
    this.#headers = headers.map(([name, value]) => [name, value])
    this.bytes = Buffer.from(blockText(reason, headers), 'latin1')
    this.blockEnd = this.bytes.length
  }

  /** A list of one's own. */
  get headers(): Header[] {
    return this.#headers.map(([name, value]) => [name, value])
  }

  /** The same with a Content-Length field, unless it has one or must have none (RFC 9110 §8.6). */
  withLength(length: number): CheckedHead {
    if (this.contentLength !== -1 || this.status === 204 || this.status === 304) return this
    const headers: Header[] = [...this.headers, ['Content-Length', String(length)]]
    const { hasDate, hasServer } = this
    return new CheckedHead(this.status, this.reason, headers, { hasDate, hasServer, contentLength: length })
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
  const key = keyOf(status, headers)
  const cached = key === undefined ? undefined : heads.get(key)
  if (cached !== undefined) return cached
  const head = makeHead(status, headers)
  if (key !== undefined && key.length <= MAX_CACHED_CHARACTERS) {
    if (heads.size >= MAX_CACHED) heads.clear()
    heads.set(key, head)
  }
  return head
}

/** What two equal heads have in common and no others: with the count of headers a NUL inside of a string makes a key of its own. */
function keyOf(status: string, headers: readonly Header[]): string | undefined {
  if (typeof status !== 'string' || !Array.isArray(headers)) return undefined
  let key = `${headers.length}\0${status}`
  for (const header of headers) {
    if (!Array.isArray(header) || header.length !== 2) return undefined
    const [name, value] = header as readonly unknown[]
    if (typeof name !== 'string' || typeof value !== 'string') return undefined
    key += `\0${name}\0${value}`
  }
  return key
}

function makeHead(status: string, given: readonly Header[]): CheckedHead {
  if (!Array.isArray(given))
    throw new AssertionError(`response headers must be an array, not ${nameOfType(given)}`)
  const { code, reason } = parseStatus(status)
  const kinds: HeadKinds = { hasDate: false, hasServer: false, contentLength: -1 }
  const headers: Header[] = []
  for (const header of given as readonly unknown[]) {
    const pair = checkPair(header)
    const kind = kindOf(pair[0])
    checkValue(pair)
    if (kind === 'content-length') {
      if (code === 204) continue // RFC 9110 §8.6: never in a 204
      kinds.contentLength = parseContentLength(pair[1], kinds.contentLength)
    }
    if (kind === 'date') kinds.hasDate = true
    if (kind === 'server') kinds.hasServer = true
    headers.push(pair)
  }
  return new CheckedHead(code, reason, headers, kinds)
}

/** RFC 9112 §4: three digits, a space, a reason phrase; the standard's phrase where there is none. */
function parseStatus(status: unknown): { readonly code: number; readonly reason: string } {
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

function checkPair(header: unknown): Header {
  if (!Array.isArray(header) || header.length !== 2)
    throw new AssertionError(
      `each response header must be an array [name, value], not ${JSON.stringify(header)}`,
    )
  const [name, value] = header as unknown[]
  if (typeof name !== 'string')
    throw new AssertionError(
      `the name of response header ${JSON.stringify(header)} must be a string, not ${nameOfType(name)}`,
    )
  if (typeof value !== 'string')
    throw new AssertionError(
      `the value of response header '${name}' must be a string, not ${nameOfType(value)}`,
    )
  return [name, value]
}

function kindOf(name: string): NameKind {
  const known = nameKinds.get(name)
  if (known !== undefined) return known
  if (!TOKEN.test(name))
    throw new RangeError(`${JSON.stringify(name)} is not a header name (a token, RFC 9110 section 5.6.2)`)
  const lower = name.toLowerCase()
  if (HOP_BY_HOP.has(lower))
    throw new AssertionError(
      `'${name}' is a hop-by-hop header; it belongs to the server, not to the application`,
    )
  const kind = lower === 'date' || lower === 'server' || lower === 'content-length' ? lower : 'plain'
  if (nameKinds.size < MAX_CACHED) nameKinds.set(name, kind)
  return kind
}

function checkValue([name, value]: Header): void {
  const control = CONTROL.exec(value)
  if (control !== null)
    throw new RangeError(
      `the value of response header '${name}' holds the control character ${JSON.stringify(control[0])}`,
    )
  if (BEYOND_LATIN1.test(value))
    throw new RangeError(
      `the value of response header '${name}' holds characters outside latin-1: ${JSON.stringify(value)}`,
    )
}

function parseContentLength(value: string, before: number): number {
  if (before !== -1) throw new RangeError('Content-Length is given more than once')
  if (!DIGITS.test(value))
    throw new RangeError(`Content-Length must be digits only, not ${JSON.stringify(value)}`)
  return Number(value)
}

function blockText(reason: string, headers: readonly Header[]): string {
  let text = `${reason}\0`
  for (const [name, value] of headers) text += `${name}\0${value}\0`
  return text
}

/** The type of a value as a message names it. */
export function nameOfType(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value
  const { constructor } = value as { readonly constructor?: unknown }
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'object'
}
