// What a proxy in front of a Node server says of the client, and whether it counts: only who is known may say so.

import type { IncomingMessage } from 'node:http'
import { type Forwarded, type ForwardedViolation, forwardedOf } from '../http/forwarded.ts'
import type { Header } from '../wsgi/header.ts'
import type { RequestFacts } from '../wsgi/request-strings.ts'

/** Whether a proxy that is believed has this address; `''` asks for peers on a Unix socket. */
export type ProxyTrust = (address: string) => boolean

/** Whom to believe about one request. */
export type Trust = 'nobody' | 'express' | ProxyTrust

/** What Express puts on a request. */
interface ExpressRequest extends IncomingMessage {
  readonly app?: { get?(name: string): unknown }
  readonly protocol?: string
  readonly host?: string
  readonly ip?: string
}

const NOTHING: Forwarded = Object.freeze({
  client: undefined,
  scheme: undefined,
  host: undefined,
  serverPort: undefined,
  prefix: '',
})

/** Whether a field, its name in lower case, says who the client is. */
export const isForwarded = (name: string): boolean => name === 'forwarded' || name.startsWith('x-forwarded-')

/** Who is believed, given the address that has sent the request. Express has a setting of its own, which counts without `trustsProxy`. */
export function trustIn(
  request: ExpressRequest,
  trustsProxy: ProxyTrust | undefined,
  address: string,
): Trust {
  if (trustsProxy !== undefined) return trustsProxy(address) ? trustsProxy : 'nobody'
  const trusts = request.app?.get?.('trust proxy fn')
  if (typeof trusts !== 'function') return 'nobody'
  return (trusts as (address: string, hop: number) => unknown)(address, 0) === true ? 'express' : 'nobody'
}

/** What is said of the client by whom `trust` believes. */
export function proxyWord(
  request: IncomingMessage,
  trust: Trust,
  fields: readonly Header[],
): Forwarded | ForwardedViolation {
  return trust === 'express' ? expressWord(request) : fieldsWord(trust, fields)
}

/** What the fields say. */
export function fieldsWord(
  trust: ProxyTrust | 'nobody',
  fields: readonly Header[],
): Forwarded | ForwardedViolation {
  return trust === 'nobody' ? NOTHING : forwardedOf(forwardedValues(fields), trust)
}

/** What the word changes in the facts of a request. */
export function saidFacts({ scheme, serverPort, client }: Forwarded): Partial<RequestFacts> {
  return {
    ...(scheme === undefined ? {} : { scheme }),
    ...(serverPort === undefined ? {} : { serverPort }),
    ...(client === undefined ? {} : { remoteAddress: client.address, remotePort: client.port }),
  }
}

/** What it changes in the strings made of them: the host, and the path that the proxy has cut off. */
export function withWord(
  strings: Record<string, string>,
  { host, prefix }: Forwarded,
): Record<string, string> {
  if (host !== undefined) strings['HTTP_HOST'] = host
  if (prefix !== '') strings['SCRIPT_NAME'] = `${prefix}${strings['SCRIPT_NAME'] ?? ''}`
  return strings
}

function forwardedValues(fields: readonly Header[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of fields) {
    if (!isForwarded(name)) continue
    const before = values.get(name)
    values.set(name, before === undefined ? value : `${before},${value}`)
  }
  return values
}

/** What Express has made of the fields, so that the application sees the same client as its neighbours. */
function expressWord({ protocol, host, ip, socket }: ExpressRequest): Forwarded {
  const scheme = protocol === 'http' || protocol === 'https' ? protocol : undefined
  const port = /:(\d+)$/.exec(host ?? '')?.[1]
  return {
    client: ip === undefined || ip === socket.remoteAddress ? undefined : { address: ip, port: '0' },
    scheme,
    host,
    serverPort: port ?? (scheme === 'https' ? '443' : '80'),
    prefix: '',
  }
}
