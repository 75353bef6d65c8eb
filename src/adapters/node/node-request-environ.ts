// The environ's strings of a request that Node's own HTTP server has read, and frameworks on it may have passed on.

import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { canonicalAddress } from '../../http/ip-address.ts'
import type { ViolationCode } from '../../http/violation.ts'
import type { Header } from '../../wsgi/header.ts'
import { requestStrings } from '../../wsgi/request-strings.ts'
import { isWellEncoded, splitMount, splitTarget } from '../mounted-target.ts'
import { type ProxyTrust, isForwarded, proxyWord, saidFacts, trustIn, withWord } from '../proxy-word.ts'

export interface NodeRequestOptions {
  /** The mount prefix as it stands in request targets, without a slash at its end. */
  readonly scriptName: string
  /** Undefined: whom Express believes, and nobody else. */
  readonly trustsProxy: ProxyTrust | undefined
}

/** What Express puts on a request. */
interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly baseUrl?: string
}

/** A request's strings, unless it lies outside of the mount prefix, or is to be refused. */
export type NodeRequestEnviron =
  | { readonly type: 'environ'; readonly strings: Record<string, string> }
  | { readonly type: 'refused'; readonly violation: ViolationCode }
  | { readonly type: 'elsewhere' }

/** Reads everything of `request` but its body. */
export function nodeRequestEnviron(
  request: IncomingMessage,
  options: NodeRequestOptions,
): NodeRequestEnviron {
  const { method = 'GET', httpVersion, socket } = request
  const target = targetOf(request)
  const place = placeOf(target, options.scriptName)
  if (place === undefined) return { type: 'refused', violation: 'TARGET_MALFORMED' }
  if (place === 'elsewhere') return { type: 'elsewhere' }
  if (!isWellEncoded(place.path)) return { type: 'refused', violation: 'TARGET_ENCODING' }
  const peer = peerOf(socket)
  const trust = trustIn(request, options.trustsProxy, peer.address)
  const fields = fieldsOf(request)
  const word = proxyWord(request, trust, fields)
  if (typeof word === 'string') return { type: 'refused', violation: word }
  const host = splitTarget(target.whole)?.authority
  const strings = requestStrings({
    method,
    target: `${place.mount}${place.path}${place.query}`,
    headers: trust === 'nobody' ? fields.filter(([name]) => !isForwarded(name)) : fields,
    scriptName: place.mount,
    scheme: peer.scheme,
    serverName: peer.serverName,
    serverPort: peer.serverPort,
    protocol: `HTTP/${httpVersion}`,
    remoteAddress: peer.address,
    remotePort: peer.port,
    ...saidFacts(word),
  })
  strings['REQUEST_URI'] = strings['RAW_URI'] = target.whole
  strings['SERVER_SOFTWARE'] = `node/${process.versions.node}`
  if (host !== undefined) strings['HTTP_HOST'] = host
  return { type: 'environ', strings: withWord(strings, word) }
}

interface Place {
  readonly mount: string
  readonly path: string
  readonly query: string
}

/** The request target, and what of it is left where Express has mounted the listener. */
interface Target {
  readonly whole: string
  readonly inner: string
  readonly cutOff: string
}

/** Express cuts the mount path off `url` and keeps it in `baseUrl`; what it passes on always begins with a slash. */
function targetOf({ url = '/', originalUrl = url, baseUrl = '' }: ExpressRequest): Target {
  return { whole: originalUrl, inner: url, cutOff: baseUrl }
}

function placeOf(target: Target, scriptName: string): Place | 'elsewhere' | undefined {
  const inner = splitTarget(target.inner)
  const whole = splitTarget(target.whole)
  if (inner === undefined || whole === undefined) return undefined
  const rest = splitMount(inner.path, scriptName)
  if (rest === undefined) return 'elsewhere'
  const mount = `${target.cutOff}${scriptName}`
  const path = whole.path === mount ? '' : rest
  return { mount, path, query: inner.query }
}

interface Peer {
  readonly address: string
  readonly port: string
  readonly scheme: 'http' | 'https'
  readonly serverName: string
  readonly serverPort: string
}

function peerOf(socket: Socket): Peer {
  // A client that has left already, or one on a Unix socket, has no address.
  const { remoteAddress = '', remotePort, localAddress, localPort } = socket as Partial<Socket>
  const isTls = 'encrypted' in socket && socket.encrypted === true
  return {
    address: remoteAddress.startsWith('::ffff:')
      ? (canonicalAddress(remoteAddress) ?? remoteAddress)
      : remoteAddress,
    port: remotePort === undefined ? '' : String(remotePort),
    scheme: isTls ? 'https' : 'http',
    serverName: localAddress ?? 'localhost',
    serverPort: localPort === undefined ? (isTls ? '443' : '80') : String(localPort),
  }
}

/**
 * The fields as middleware in front has left them in `headers`: what it took out must not come back, as a client might have forged it. Of
 * repeated ones that nobody has touched every value counts, where Node drops or joins some by rules of its own.
 */
function fieldsOf({ headers, rawHeaders }: IncomingMessage): readonly Header[] {
  const names = Object.keys(headers)
  const repeated = names.length * 2 < rawHeaders.length ? repeatedValues(rawHeaders) : undefined
  const fields: Header[] = []
  for (const name of names) {
    const value = headers[name]
    const values = repeated?.get(name)
    if (values !== undefined && isNodesJoin(value, values)) {
      for (const each of values) fields.push([name, each])
    } else if (typeof value === 'string') {
      fields.push([name, value])
    } else {
      for (const each of value ?? []) fields.push([name, each])
    }
  }
  return fields
}

// Node keeps the first of these, as they may stand only once.
const STANDS_ONCE = new Set(['host', 'content-type', 'content-length', 'authorization'])

function repeatedValues(rawHeaders: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase()
    if (STANDS_ONCE.has(name)) continue
    const before = values.get(name)
    if (before === undefined) values.set(name, [rawHeaders[at + 1]!])
    else before.push(rawHeaders[at + 1]!)
  }
  return values
}

function isNodesJoin(value: unknown, values: readonly string[]): boolean {
  return value === values[0] || value === values.join(', ') || value === values.join('; ')
}
