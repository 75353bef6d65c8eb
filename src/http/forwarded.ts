// What trusted proxies say of the client: X-Forwarded-For, -Proto, -Host, -Port and -Prefix, and Forwarded (RFC 7239). Anybody can
// send these fields, and proxies add to what they were sent: so a list counts from its right end up to the first party that is not
// trusted, and nothing left of it is even read.

import { elementsFromRight, parseForwardedElement, parseForwardedFor } from './forwarded-element.ts'
import type { ForwardedElement } from './forwarded-element.ts'
import { parseForwardedPrefix } from './forwarded-prefix.ts'
import { equalsIgnoringCase } from './grammar.ts'
import { isAuthority } from './host.ts'
import type { RequestHead } from './request-head.ts'

/** What is said of a request; what is not said stays as it is without proxies. */
export interface Forwarded {
  readonly client: ForwardedClient | undefined
  readonly scheme: 'http' | 'https' | undefined
  readonly host: string | undefined
  readonly serverPort: string | undefined
  /** The path that the proxy has cut off, percent-decoded, each byte a character; empty for none. */
  readonly prefix: string
}

export interface ForwardedClient {
  readonly address: string
  /** `0` when it is not said. */
  readonly port: string
}

export type ForwardedViolation = 'FORWARDED_MALFORMED' | 'FORWARDED_AMBIGUOUS'

const NAMES = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
] as const
type FieldName = (typeof NAMES)[number]
/** The values of each field that is there, those of its lines joined (RFC 9110 §5.3). */
type FieldValues = ReadonlyMap<string, string>

const X_FORWARDED = 'x-forwarded-'
const DEFAULT_PORTS = { http: '80', https: '443' } as const
const MAX_PORT = 65_535

const NOTHING: Forwarded = {
  client: undefined,
  scheme: undefined,
  host: undefined,
  serverPort: undefined,
  prefix: '',
}

/** Where a list stops to be of interest. */
interface Stop {
  /** The nearest party that is not trusted, or the furthest that is known. */
  readonly client: ForwardedClient | undefined
  /** What was said by whom the client spoke to; undefined where nothing is readable. */
  readonly element: ForwardedElement | undefined
  /** Its place, counted from the right end. */
  readonly place: number
}

/** What the fields of a request from a trusted peer say; undefined when there are none of them. */
export function readForwarded(
  head: RequestHead,
  trusts: (address: string) => boolean,
): Forwarded | ForwardedViolation | undefined {
  const values = fieldValues(head)
  return values === undefined ? undefined : forwardedOf(values, trusts)
}

/** The same of fields by name, in lower case, the values of each joined (RFC 9110 §5.3). */
export function forwardedOf(
  values: ReadonlyMap<string, string>,
  trusts: (address: string) => boolean,
): Forwarded | ForwardedViolation {
  const list = values.get('forwarded')
  const common = readXForwarded(values, trusts)
  const standard = list === undefined ? NOTHING : readStandard(list, trusts)
  if (common === undefined || standard === undefined) return 'FORWARDED_MALFORMED'
  // A proxy that sets the one kind may pass on the other as its client sent it: nobody can tell which is true.
  const isAmbiguous =
    differ(common.client?.address, standard.client?.address) ||
    differ(common.scheme, standard.scheme) ||
    differ(common.host?.toLowerCase(), standard.host?.toLowerCase())
  return isAmbiguous ? 'FORWARDED_AMBIGUOUS' : merge(common, standard)
}

/** Whether a field says who the client is, so that only trusted peers may send it. */
export function isForwardedField(bytes: Uint8Array, nameStart: number, nameEnd: number): boolean {
  return (
    equalsIgnoringCase(bytes, nameStart, Math.min(nameEnd, nameStart + X_FORWARDED.length), X_FORWARDED) ||
    equalsIgnoringCase(bytes, nameStart, nameEnd, 'forwarded')
  )
}

function fieldValues(head: RequestHead): FieldValues | undefined {
  let values: Map<string, string> | undefined
  for (let field = 0; field < head.fieldCount; field++) {
    const name = fieldName(head, field)
    if (name === undefined) continue
    values ??= new Map()
    const value = head.bytes.toString('latin1', head.valueStart(field), head.valueEnd(field))
    const before = values.get(name)
    values.set(name, before === undefined ? value : `${before},${value}`)
  }
  return values
}

function fieldName(head: RequestHead, field: number): FieldName | undefined {
  const start = head.nameStart(field)
  const end = head.nameEnd(field)
  if (!isForwardedField(head.bytes, start, end)) return undefined
  return NAMES.find((name) => equalsIgnoringCase(head.bytes, start, end, name))
}

/** Undefined where something that counts is malformed. */
function readXForwarded(values: FieldValues, trusts: (address: string) => boolean): Forwarded | undefined {
  const { client, place } = walk(values.get('x-forwarded-for') ?? '', parseForwardedFor, trusts)
  const said = (name: FieldName): string | undefined => elementAt(values.get(name), place)
  const serverPort = said('x-forwarded-port')
  const prefix = parseForwardedPrefix(said('x-forwarded-prefix') ?? '/')
  if (prefix === undefined || (serverPort !== undefined && !isPort(serverPort))) return undefined
  const origin = readOrigin(said('x-forwarded-proto'), said('x-forwarded-host'))
  return origin === undefined ? undefined : { client, ...origin, serverPort, prefix }
}

/** Undefined where something that counts is malformed. */
function readStandard(list: string, trusts: (address: string) => boolean): Forwarded | undefined {
  const { client, element } = walk(list, parseForwardedElement, trusts)
  // The last element is the peer's own word. What it has not written by the grammar is not guessed at.
  if (element === undefined && elementAt(list, 1) !== undefined) return undefined
  const origin = readOrigin(element?.proto, element?.host)
  return origin === undefined ? undefined : { client, ...origin, serverPort: undefined, prefix: '' }
}

/** From the right, as long as who is named is trusted. Who hides or cannot be read ends the walk at the one before. */
function walk(
  list: string,
  parse: (text: string) => ForwardedElement | undefined,
  trusts: (address: string) => boolean,
): Stop {
  let stop: Stop = { client: undefined, element: undefined, place: 1 }
  let place = 0
  for (const text of elementsFromRight(list)) {
    const element = parse(text)
    if (element === undefined) break
    place++
    const { address, port } = element.node
    // Who hides its client is a trusted party itself, so the rest of what it says counts.
    if (address === undefined) return { client: stop.client, element, place }
    stop = { client: { address, port }, element, place }
    if (!trusts(address)) break
  }
  return stop
}

/** The element at a place counted from the right, or the leftmost of a shorter list: not every proxy adds to every field. */
function elementAt(list: string | undefined, place: number): string | undefined {
  if (list === undefined) return undefined
  let element: string | undefined
  let at = 0
  for (const text of elementsFromRight(list)) {
    element = text
    if (++at === place) break
  }
  return element
}

function readOrigin(
  proto: string | undefined,
  host: string | undefined,
): Pick<Forwarded, 'scheme' | 'host'> | undefined {
  const scheme = proto?.toLowerCase()
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') return undefined
  return host === undefined || isHost(host) ? { scheme, host } : undefined
}

function isHost(text: string): boolean {
  const bytes = Buffer.from(text, 'latin1')
  if (!isAuthority(bytes, 0, bytes.length)) return false
  const port = portOf(text)
  return port === '' || isPort(port)
}

/** The port of an authority, empty without one. The colons of an IPv6 address stand before its bracket. */
function portOf(authority: string): string {
  return /:(\d*)$/.exec(authority)?.[1] ?? ''
}

function isPort(text: string): boolean {
  return /^[1-9]\d{0,4}$/.test(text) && Number(text) <= MAX_PORT
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other
}

function merge(common: Forwarded, standard: Forwarded): Forwarded {
  const scheme = common.scheme ?? standard.scheme
  const host = common.host ?? standard.host
  const hostPort = host === undefined ? '' : portOf(host)
  const schemePort = scheme === undefined ? undefined : DEFAULT_PORTS[scheme]
  const serverPort = common.serverPort ?? (hostPort === '' ? schemePort : hostPort)
  return { client: common.client ?? standard.client, scheme, host, serverPort, prefix: common.prefix }
}
