// The environs that the requests of one connection get, as a worker makes them of their blocks (protocol/link.md).

import { ConnectionEnviron } from '../../../src/gateways/http/connection-environ.ts'
import type { Peer } from '../../../src/gateways/http/connection-environ.ts'
import type { EnvironSettings } from '../../../src/gateways/http/http-environ.ts'
import { RequestParser } from '../../../src/http/request-parser.ts'
import { DEFAULT_LIMITS } from '../../harness/default-limits.ts'

export const SETTINGS: EnvironSettings = {
  mount: Buffer.alloc(0),
  scriptName: '',
  serverSoftware: 'gantry/test',
  trusts: () => false,
  allowedUnderscoreFields: new Set(),
  onUnderscoreField: () => undefined,
  onForwardedFieldRemoved: () => undefined,
}

export const PEER: Peer = {
  serverName: '127.0.0.1',
  serverPort: '8000',
  remoteAddress: '10.0.0.1',
  remotePort: '50000',
  scheme: 'http',
  isTrusted: false,
}

export interface TakenRequest {
  /** Why the request was refused. */
  readonly violation: string | undefined
  readonly clientAddress: string
  /** What its shared and its own block come to, the later pair of a key being the one that counts. */
  readonly environ: Readonly<Record<string, string>>
  /** Keys in the own block alone. */
  readonly ownKeys: readonly string[]
}

const FIRST_KEYS = ['REQUEST_METHOD', 'PATH_INFO', 'QUERY_STRING', 'REQUEST_URI']

/** The requests of one connection, up to the first that is refused. */
export function takeRequests(
  requests: readonly string[],
  peer: Partial<Peer> = {},
  settings: Partial<EnvironSettings> = {},
): TakenRequest[] {
  const environ = new ConnectionEnviron({ ...PEER, ...peer }, { ...SETTINGS, ...settings })
  const parser = new RequestParser(DEFAULT_LIMITS)
  const taken: TakenRequest[] = []
  for (const request of requests) {
    parser.receive(Buffer.from(request, 'latin1'))
    if (parser.next() !== 'head') throw new Error(`no head: ${request}`)
    taken.push(take(environ, parser))
    if (taken.at(-1)?.violation !== undefined) break
    parser.release()
  }
  return taken
}

/** One request on a connection of its own. */
export function takeRequest(
  request: string,
  peer?: Partial<Peer>,
  settings?: Partial<EnvironSettings>,
): TakenRequest {
  return takeRequests([request], peer, settings)[0]!
}

export function getRequest(fields: readonly string[] = [], target = '/'): string {
  return `GET ${target} HTTP/1.1\r\n${['Host: a.test', ...fields].map((line) => `${line}\r\n`).join('')}\r\n`
}

function take(environ: ConnectionEnviron, parser: RequestParser): TakenRequest {
  const { head } = parser
  const violation = environ.take(head)
  const { shared, clientAddress } = environ
  if (violation !== undefined) return { violation, clientAddress, environ: {}, ownKeys: [] }
  const room = environ.ownBytes(head)
  const target = Buffer.alloc(room + 3, '#')
  const end = environ.writeOwn(target, 3, head, 0, shared)
  if (end > target.length) throw new Error(`${end - 3} bytes were written where ${room} were asked for`)
  const own = target.toString('latin1', 3, end).split('\0')
  const values = own.splice(0, FIRST_KEYS.length)
  const first = FIRST_KEYS.map((key, index): [string, string] => [key, values[index]!])
  const ownPairs = [...first, ...pairsOf(own)]
  const pairs = [...pairsOf(shared.toString('latin1').split('\0')), ...ownPairs]
  const ownKeys = ownPairs.map(([key]) => key)
  return { violation, clientAddress, environ: Object.fromEntries(pairs), ownKeys }
}

function pairsOf(strings: string[]): [key: string, value: string][] {
  if (strings.pop() !== '' || strings.length % 2 !== 0) throw new Error('no environ block')
  return Array.from({ length: strings.length / 2 }, (_, index) => [
    strings[index * 2]!,
    strings[index * 2 + 1]!,
  ])
}
