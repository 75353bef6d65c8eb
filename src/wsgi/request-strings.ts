// The strings of an environ for a request that no gateway of ours has read: RFC 3875 and PEP 3333, wsgi-requirements W11 to W18. It
// keeps the rules of gateways/http/http-environ.ts, which writes the same from bytes.

import type { Header } from './header.ts'

/** A request as another server, a test or a fetch handler has it. Strings hold one character a byte. */
export interface RequestFacts {
  readonly method: string
  /** The request target: path, percent-encoded, and query. */
  readonly target: string
  readonly headers: Iterable<Readonly<Header>>
  /** The mount prefix as it stands in the target, without a slash at its end; the path must lie under it. Empty at the root. */
  readonly scriptName?: string
  readonly scheme?: 'http' | 'https'
  readonly serverName?: string
  readonly serverPort?: string
  readonly protocol?: string
  readonly remoteAddress?: string
  readonly remotePort?: string
  /** Of the body, where it is known and there is one. */
  readonly contentLength?: number
}

// Fields that never become HTTP_ keys: these have keys of their own, or speak of one connection (W16), or are a danger ("httpoxy").
const NO_HTTP_KEY = new Set(['content-type', 'content-length', 'transfer-encoding', 'proxy'])

/** The environ's strings. */
export function requestStrings(facts: RequestFacts): Record<string, string> {
  const { method, target, scriptName = '', scheme = 'http' } = facts
  const queryStart = target.indexOf('?')
  const path = queryStart === -1 ? target : target.slice(0, queryStart)
  const strings: Record<string, string> = {
    REQUEST_METHOD: method,
    SCRIPT_NAME: percentDecoded(scriptName),
    PATH_INFO: percentDecoded(path.slice(scriptName.length)),
    QUERY_STRING: queryStart === -1 ? '' : target.slice(queryStart + 1),
    REQUEST_URI: target,
    RAW_URI: target,
    SERVER_NAME: facts.serverName ?? 'localhost',
    SERVER_PORT: facts.serverPort ?? (scheme === 'https' ? '443' : '80'),
    SERVER_PROTOCOL: facts.protocol ?? 'HTTP/1.1',
    'wsgi.url_scheme': scheme,
  }
  if (scheme === 'https') strings['HTTPS'] = 'on'
  if (facts.remoteAddress !== undefined) strings['REMOTE_ADDR'] = facts.remoteAddress
  if (facts.remotePort !== undefined) strings['REMOTE_PORT'] = facts.remotePort
  putFields(strings, facts.headers)
  if (facts.contentLength !== undefined) strings['CONTENT_LENGTH'] = String(facts.contentLength)
  return strings
}

/** `%xx` as the byte it stands for, each a character; what is no such triplet stays. */
export function percentDecoded(path: string): string {
  return path.replace(/%([0-9a-f]{2})/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  )
}

function putFields(strings: Record<string, string>, headers: Iterable<Readonly<Header>>): void {
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (lower === 'content-type') strings['CONTENT_TYPE'] = value
    else if (lower === 'content-length') strings['CONTENT_LENGTH'] = value
    // With "_" a field could pass for one with "-", which has the same key.
    if (NO_HTTP_KEY.has(lower) || lower.includes('_')) continue
    const key = `HTTP_${lower.toUpperCase().replaceAll('-', '_')}`
    const before = strings[key]
    strings[key] = before === undefined ? value : `${before}${lower === 'cookie' ? '; ' : ','}${value}`
  }
}
