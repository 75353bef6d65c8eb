// Where a log goes: a standard stream, a file, or syslog.
import type { Parsed, Place } from './option.ts'
import { parsePath } from './texts.ts'

/** By their numbers (RFC 5424 §6.2.1). */
const FACILITIES = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  ...['ntp', 'security', 'console', 'clock'],
  ...['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
]
const LOCAL_SOCKET = '/dev/log'
const PORT = 514

export interface SyslogTarget {
  readonly kind: 'syslog'
  readonly address:
    | { readonly transport: 'local'; readonly path: string }
    | { readonly transport: 'udp' | 'tcp'; readonly host: string; readonly port: number }
  /** Its number. */
  readonly facility: number
  readonly rfc: 3164 | 5424
  /** What the messages say of who sends them. */
  readonly tag: string
}

export type LogTarget =
  | { readonly kind: 'stdout' | 'stderr' }
  | { readonly kind: 'file'; readonly path: string }
  | SyslogTarget

/** `-` means `standard`. */
export const parseLogTarget =
  (standard: 'stdout' | 'stderr') =>
  (text: string, place: Place): Parsed<LogTarget> => {
    if (text === '-') return { ok: true, value: { kind: standard } }
    if (text === 'stdout' || text === 'stderr') return { ok: true, value: { kind: text } }
    if (/^syslog(:|$)/.test(text)) return parseSyslog(text)
    const path = parsePath(text, place)
    return path.ok ? { ok: true, value: { kind: 'file', path: path.value } } : path
  }

/** As it is written in an option. */
export function formatLogTarget(target: LogTarget): string {
  if (target.kind === 'file') return target.path
  if (target.kind !== 'syslog') return target.kind
  const { address, facility, rfc, tag } = target
  const host = address.transport === 'local' || !address.host.includes(':') ? '' : `[${address.host}]`
  const place =
    address.transport === 'local'
      ? address.path
      : `${address.transport}://${host || address.host}:${address.port}`
  return `syslog:${place}?facility=${FACILITIES[facility]}&format=rfc${rfc}&tag=${tag}`
}

/** For messages. */
export function logTargetText(target: LogTarget): string {
  switch (target.kind) {
    case 'stdout':
      return 'on standard output'
    case 'stderr':
      return 'on standard error'
    case 'file':
      return target.path
    case 'syslog': {
      const { address } = target
      return address.transport === 'local'
        ? `to syslog at ${address.path}`
        : `to syslog at ${address.transport}://${address.host}:${address.port}`
    }
  }
}

const EXPECTED =
  'syslog, syslog:/dev/log, syslog:udp://HOST:PORT or syslog:tcp://HOST:PORT, and behind it perhaps ?facility=local0&format=rfc3164&tag=shop'

function parseSyslog(text: string): Parsed<LogTarget> {
  const [place = '', query = ''] = text.replace(/^syslog:?/, '').split('?', 2)
  const address = addressOf(place)
  const words = new URLSearchParams(query)
  const facility = FACILITIES.indexOf(words.get('facility') ?? 'daemon')
  // What local daemons read, and have always read, is the old form.
  const isLocal = address?.transport === 'local'
  const format = words.get('format') ?? (isLocal ? 'rfc3164' : 'rfc5424')
  const tag = words.get('tag') ?? 'gantry'
  const isKnown = [...words.keys()].every((word) => ['facility', 'format', 'tag'].includes(word))
  const isWellFormed = /^rfc(3164|5424)$/.test(format) && /^[A-Za-z0-9_.-]{1,32}$/.test(tag)
  if (address === undefined || facility === -1 || !isKnown || !isWellFormed)
    return { ok: false, expected: EXPECTED }
  return {
    ok: true,
    value: { kind: 'syslog', address, facility, rfc: format === 'rfc3164' ? 3164 : 5424, tag },
  }
}

function addressOf(place: string): SyslogTarget['address'] | undefined {
  if (place === '') return { transport: 'local', path: LOCAL_SOCKET }
  if (place.startsWith('/')) return { transport: 'local', path: place }
  const match = /^(udp|tcp):\/\/(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::(\d{1,5}))?$/.exec(place)
  if (match === null) return undefined
  const port = match[4] === undefined ? PORT : Number(match[4])
  if (port < 1 || port > 65_535) return undefined
  return { transport: match[1] as 'udp' | 'tcp', host: match[2] ?? match[3]!, port }
}
