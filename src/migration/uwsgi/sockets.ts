// Where uWSGI listens, and what it speaks there.

import { type Outcome, migrated, remark } from '../migration.ts'
import type { ResolvedEntry } from './placeholders.ts'

type Protocol = 'http' | 'uwsgi' | 'fcgi' | 'scgi'

const PROTOCOLS: ReadonlyMap<string, Protocol | undefined> = new Map([
  ['http', 'http'],
  ['http-socket', 'http'],
  ['http11-socket', 'http'],
  ['uwsgi-socket', 'uwsgi'],
  ['fastcgi-socket', 'fcgi'],
  ['fastcgi-nph-socket', 'fcgi'],
  ['scgi-socket', 'scgi'],
  ['scgi-nph-socket', 'scgi'],
  // What `protocol` says.
  ['socket', undefined],
])

/** Names of the options that are read here. */
export const SOCKET_OPTIONS = [...PROTOCOLS.keys()]

const NGINX: Readonly<Record<Protocol, string>> = {
  http: 'proxy_pass',
  uwsgi: 'uwsgi_pass',
  fcgi: 'fastcgi_pass',
  scgi: 'scgi_pass',
}

export function socket(entry: ResolvedEntry, entries: readonly ResolvedEntry[]): readonly Outcome[] {
  const protocol = PROTOCOLS.get(entry.key) ?? protocolOf(entries)
  const place = placeOf(entry.value)
  if (place === undefined || protocol === undefined)
    return [
      remark(
        `${entry.key} = ${entry.value} (line ${entry.line})`,
        'Gantry listens at HOST:PORT, at a Unix socket with a path, or on a descriptor, fd:NUMBER; sockets of systemd (LISTEN_FDS) are taken without a word.',
      ),
    ]
  if (protocol === 'http') return [migrated('bind', [place])]
  const address = /^(unix|fd):/.test(place) ? `${protocol}+${place}` : `${protocol}://${place}`
  return [
    migrated(
      'bind',
      [address],
      `${NGINX[protocol]} of nginx goes on as it is. HTTP would do as well: ${place} here, proxy_pass there.`,
    ),
  ]
}

/** As an address of HTTP. Undefined for what only uWSGI knows: shared sockets, and names without a file. */
function placeOf(value: string): string | undefined {
  const descriptor = /^fd:\/\/(\d+)$/.exec(value)?.[1]
  if (descriptor !== undefined) return `fd:${descriptor}`
  if (/^(fd:|=|@|0$)/.test(value)) return undefined
  if (/^\d+$/.test(value)) return `:${value}`
  return value.includes(':') ? value : `unix:${value}`
}

/** uWSGI's own word is one of its names. */
function protocolOf(entries: readonly ResolvedEntry[]): Protocol | undefined {
  const given = entries.filter(({ key }) => key === 'protocol' || key === 'socket-protocol').at(-1)
  return PROTOCOLS.get(`${given?.value ?? 'uwsgi'}-socket`)
}
