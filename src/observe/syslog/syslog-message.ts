// Lines of a log as syslog messages, RFC 5424 or the older form of RFC 3164, each on a line of its own.

import { hostname } from 'node:os'
import type { SyslogTarget } from '../../config/log-target.ts'
import type { Level } from '../log-event.ts'

const SEVERITIES: Record<Level, number> = { error: 3, warning: 4, info: 6, debug: 7 }
// More than a receiver must take (RFC 5424 §6.1), as much as the usual ones do.
const MOST_CHARACTERS = 8_000
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `text` is of whole lines; so is what is returned. */
export function asSyslog(
  { facility, rfc, tag, address }: SyslogTarget,
  level: Level,
  text: string,
  now = new Date(),
): string {
  const priority = facility * 8 + SEVERITIES[level]
  const host = hostname().replace(/[^\x21-\x7e]/g, '-') || '-'
  const { pid } = process
  const local = `${tag}[${pid}]:`
  const header =
    rfc === 5424
      ? `<${priority}>1 ${now.toISOString()} ${host} ${tag} ${pid} - -`
      : // A daemon of this machine knows its name, and expects none.
        `<${priority}>${oldTime(now)} ${address.transport === 'local' ? local : `${host} ${local}`}`
  const lines = text.replace(/\n$/, '').split('\n')
  return lines.map((line) => `${header} ${cut(line)}\n`).join('')
}

const cut = (line: string): string =>
  line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS)} …`

/** Local time, as RFC 3164 §4.1.2 wants it. */
function oldTime(now: Date): string {
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()]
  const digits = time.map((part) => String(part).padStart(2, '0')).join(':')
  return `${MONTHS[now.getMonth()]} ${String(now.getDate()).padStart(2, ' ')} ${digits}`
}
