// Settings of gunicorn whose values need more than a change of units.

import { parseAccessFormat } from '../../config/access-format.ts'
import { type Outcome, migrated, remark } from '../migration.ts'
import { shownValue, textsOf } from '../values.ts'
import type { GivenSetting } from './given-settings.ts'

type Special = (values: readonly GivenSetting[]) => readonly Outcome[]

const DEFAULT_PORT = 8000

export const SPECIAL: ReadonlyMap<string, Special> = new Map<string, Special>([
  [
    'bind',
    (values) => values.flatMap(({ value, place }) => textsOf(value).flatMap((text) => bind(text, place))),
  ],
  ['umask', (values) => values.map(({ value }) => migrated('umask', [umask(value)]))],
  ['timeout', (values) => values.flatMap(timeout)],
  ['keepalive', (values) => values.map(keepAlive)],
  ['forwarded_allow_ips', (values) => values.map((given) => trusted(given, 'forwarded_allow_ips'))],
  ['proxy_allow_ips', (values) => values.map((given) => trusted(given, 'proxy_allow_ips'))],
  ['proxy_protocol', (values) => values.flatMap(proxyProtocol)],
  // What becomes of them stands in worker-class.ts.
  ['worker_class', () => []],
  ['worker_connections', () => []],
  ['accesslog', (values) => values.flatMap(accessLog)],
  ['access_log_format', (values) => values.flatMap(accessLogFormat)],
  ['errorlog', (values) => values.flatMap(errorLog)],
  ['loglevel', (values) => values.map(logLevel)],
  ['sendfile', () => []],
  ['config', () => []],
])

function bind(text: string, place: string): readonly Outcome[] {
  // The platform's port, which Gantry knows how to find.
  if (/\$\{?PORT\b/.test(text))
    return [
      remark(
        `bind = ${shownValue(text)} (${place})`,
        'PORT of the platform counts by itself, as the default of bind: every interface, at that port.',
      ),
    ]
  return [migrated('bind', [bindAddress(text)])]
}

/** As gunicorn's parse_address() reads it. */
function bindAddress(text: string): string {
  const path = /^unix:(?:\/\/)?(.*)$/.exec(text)?.[1]
  if (path !== undefined) return `unix:${path}`
  if (text.startsWith('fd://')) return text.replace('//', '')
  const address = text.replace(/^tcp:\/\//, '').toLowerCase()
  if (address === '') return `0.0.0.0:${DEFAULT_PORT}`
  const hasPort = address.startsWith('[') ? /\]:\d+$/.test(address) : address.includes(':')
  return hasPort ? address : `${address}:${DEFAULT_PORT}`
}

/** A number of Python's, or a text that gunicorn reads as Python would: 0o22, 022 or 18. */
function umask(value: unknown): string {
  const text = String(value)
  if (typeof value !== 'number' && /^0o?[0-7]+$/.test(text)) return text.replace('0o', '0')
  const number = Number(text)
  return Number.isInteger(number) ? number.toString(8).padStart(3, '0') : text
}

const BOOT_TIMEOUT_S = 60

function timeout({ value }: GivenSetting): readonly Outcome[] {
  const seconds = Number(value)
  const request = migrated('requestTimeoutMs', [`${String(value)}s`])
  if (seconds <= BOOT_TIMEOUT_S) return [request]
  return [
    request,
    migrated(
      'bootTimeoutMs',
      [`${String(value)}s`],
      "gunicorn's timeout was one of importing the application, too.",
    ),
  ]
}

function keepAlive(given: GivenSetting): Outcome {
  if (Number(given.value) > 0) return migrated('idleTimeoutMs', [`${String(given.value)}s`])
  return remark(
    `keepalive = ${shownValue(given.value)} (${given.place})`,
    'max-requests-per-connection = 1 closes each connection after its answer.',
  )
}

function trusted({ value, place }: GivenSetting, name: string): Outcome {
  const networks = textsOf(value).flatMap((text) => text.split(',').map((part) => part.trim()))
  if (!networks.includes('*'))
    return migrated(
      'trustedProxies',
      networks.filter((network) => network !== ''),
    )
  return migrated(
    'trustedProxies',
    ['0.0.0.0/0', '::/0', 'unix'],
    `${name} = "*" (${place}): everybody is believed, which is safe only where nobody but a proxy can connect. Better name the networks of your proxies.`,
  )
}

function proxyProtocol({ value, place }: GivenSetting): readonly Outcome[] {
  const text = String(value).toLowerCase()
  if (/^(off|false|0|none)$/.test(text)) return []
  return [
    migrated(
      'proxyProtocol',
      ['on'],
      `proxy_protocol = ${shownValue(value)} (${place}): versions 1 and 2 are both taken.`,
    ),
  ]
}

function accessLog({ value }: GivenSetting): readonly Outcome[] {
  return value === '' ? [] : [migrated('accessLog', [String(value)])]
}

function errorLog({ value }: GivenSetting): readonly Outcome[] {
  return value === '-' ? [] : [migrated('errorLog', [String(value)])]
}

function accessLogFormat({ value, place }: GivenSetting): readonly Outcome[] {
  const format = parseAccessFormat(String(value))
  if (format.ok) return [migrated('accessLogFormat', [String(value)])]
  return [
    remark(
      `access_log_format = ${shownValue(value)} (${place})`,
      `access-log-format takes ${format.expected}.`,
    ),
  ]
}

/** There is nothing that only gunicorn's highest level tells. */
function logLevel({ value }: GivenSetting): Outcome {
  const level = String(value).toLowerCase()
  return migrated('logLevel', [level === 'critical' ? 'error' : level])
}
