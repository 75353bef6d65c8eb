// The grammar of RFC 7239 (Forwarded), and what X-Forwarded-For has of it. Lists are read from their right end, element by element:
// what stands further left may come from anybody, so it must not change how the rest is read, nor whether it is.

import { canonicalAddress } from './ip-address.ts'

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const QUOTED = String.raw`"[^"\\]*(?:\\[^][^"\\]*)*"`
const PAIR = new RegExp(`(${TOKEN})=(${TOKEN}|${QUOTED})`, 'y')
const MAX_PORT = 65_535
const UNKNOWN_PORT = '0'
const HIDDEN_NODE: ForwardedNode = { address: undefined, port: UNKNOWN_PORT }

/** One party that a request has passed. */
export interface ForwardedNode {
  /** Undefined where it is hidden on purpose: `unknown`, or an identifier such as `_proxy1` (RFC 7239 §6). */
  readonly address: string | undefined
  /** `0` when it is not said. */
  readonly port: string
}

/** What one proxy says. */
export interface ForwardedElement {
  /** The `for` node; one without it hides its client. */
  readonly node: ForwardedNode
  readonly proto: string | undefined
  readonly host: string | undefined
}

/**
 * The elements of a list, the last one first; empty ones are none (RFC 9110 §5.6.1). No comma in a quoted string ends one; a quote
 * that does not close is a matter of the elements left of it only.
 */
export function* elementsFromRight(list: string): Generator<string> {
  let end = list.length
  for (let at = end - 1; at >= 0; at--) {
    if (list[at] === '"') {
      at = openingQuote(list, at)
    } else if (list[at] === ',') {
      const element = trimmed(list.slice(at + 1, end))
      if (element !== '') yield element
      end = at
    }
  }
  const first = trimmed(list.slice(0, end))
  if (first !== '') yield first
}

/** Where the quoted string begins that ends at `closing`; -1 if it never does. A quote within it stands behind a backslash. */
function openingQuote(list: string, closing: number): number {
  let at = closing
  while (at > 0) {
    at = list.lastIndexOf('"', at - 1)
    if (at === -1 || backslashesBefore(list, at) % 2 === 0) return at
  }
  return -1
}

function backslashesBefore(list: string, end: number): number {
  let at = end
  while (at > 0 && list[at - 1] === '\\') at--
  return end - at
}

/** Reads one element; undefined where it does not follow the grammar (RFC 7239 §4). */
export function parseForwardedElement(text: string): ForwardedElement | undefined {
  const parameters = parseParameters(text)
  const node = parseOptionalNode(parameters?.get('for'))
  if (parameters === undefined || node === undefined) return undefined
  if (parseOptionalNode(parameters.get('by')) === undefined) return undefined
  return { node, proto: parameters.get('proto'), host: parameters.get('host') }
}

/** `name=value;…`, the names in lower case, each at most once. */
function parseParameters(text: string): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>()
  let at = 0
  while (at < text.length) {
    // A pair may be left out between two semicolons.
    if (text[at] === ';') {
      at++
      continue
    }
    PAIR.lastIndex = at
    const match = PAIR.exec(text)
    const name = match?.[1]?.toLowerCase()
    if (match === null || name === undefined || parameters.has(name)) return undefined
    at += match[0].length
    if (at < text.length && text[at] !== ';') return undefined
    parameters.set(name, unquoted(match[2]!))
  }
  return parameters
}

function unquoted(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\([^])/g, '$1') : value
}

function parseOptionalNode(text: string | undefined): ForwardedNode | undefined {
  return text === undefined ? HIDDEN_NODE : parseNode(text)
}

/** RFC 7239 §6: an IPv4 address, an IPv6 address in brackets, `unknown` or `_identifier`; each with a port or without. */
function parseNode(text: string): ForwardedNode | undefined {
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::(\d{1,5}|_[A-Za-z0-9._-]+))?$/.exec(text)
  const name = match?.[1]
  const port = match?.[2] ?? UNKNOWN_PORT
  if (name === undefined || (!port.startsWith('_') && Number(port) > MAX_PORT)) return undefined
  if (/^unknown$/i.test(name) || /^_[A-Za-z0-9._-]+$/.test(name)) return HIDDEN_NODE
  const isBracketed = name.startsWith('[')
  const inner = isBracketed ? name.slice(1, -1) : name
  const address = isBracketed === inner.includes(':') ? canonicalAddress(inner) : undefined
  if (address === undefined) return undefined
  return { address, port: port.startsWith('_') ? UNKNOWN_PORT : String(Number(port)) }
}

/** Reads one element of X-Forwarded-For, which no RFC describes: a node, or an IPv6 address without brackets. */
export function parseForwardedFor(text: string): ForwardedElement | undefined {
  const address = canonicalAddress(text)
  const node = address === undefined ? parseNode(text) : { address, port: UNKNOWN_PORT }
  return node === undefined ? undefined : { node, proto: undefined, host: undefined }
}

/** Without the white space that HTTP knows (RFC 9110 §5.6.3); `trim` would take away more. */
function trimmed(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isWhiteSpace(text[start])) start++
  while (end > start && isWhiteSpace(text[end - 1])) end--
  return text.slice(start, end)
}

function isWhiteSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t'
}
