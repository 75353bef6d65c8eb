// Where uWSGI listens, and what it speaks there.

import { parseBindAddress } from '../../config/bind-address.ts'
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
  const shown = `${entry.key} = ${entry.value} (line ${entry.line})`
  if (/^(fd:|=|@|0$)/.test(entry.value) || protocol === undefined)
    return [
      remark(
        shown,
        'Gantry listens at HOST:PORT or at a Unix socket with a path; sockets of systemd (LISTEN_FDS) are taken without a word.',
      ),
    ]
  const address = entry.value.includes(':') || /^\d+$/.test(entry.value) ? entry.value : `unix:${entry.value}`
  const tcp = /^\d+$/.test(address) ? `:${address}` : address
  if (protocol === 'http') return [migrated('bind', [tcp])]
  const own = tcp.startsWith('unix:') ? `${protocol}+${tcp}` : `${protocol}://${tcp}`
  if (parseBindAddress(own).ok)
    return [
      migrated(
        'bind',
        [own],
        `${NGINX[protocol]} of nginx goes on as it is; HTTP would do as well: ${tcp} and proxy_pass.`,
      ),
    ]
  return [
    migrated(
      'bind',
      [tcp],
      `HTTP, as Gantry does not speak ${protocol}: in nginx, proxy_pass http://${tcp} takes the place of ${NGINX[protocol]}.`,
    ),
  ]
}

/** uWSGI's own word is one of its names. */
function protocolOf(entries: readonly ResolvedEntry[]): Protocol | undefined {
  const given = entries.filter(({ key }) => key === 'protocol' || key === 'socket-protocol').at(-1)
  return PROTOCOLS.get(`${given?.value ?? 'uwsgi'}-socket`)
}
