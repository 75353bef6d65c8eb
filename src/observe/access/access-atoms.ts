// Lines put together of gunicorn's atoms, and of Gantry's own.

import type { Atom, FormatPart } from '../../config/access-format.ts'
import type { AccessRecord, WantedDetail } from '../../wsgi/access-record.ts'
import type { LineFormat } from './access-line.ts'
import { AccessTime, type LocalOffset, milliseconds, quotable, requestLine, word } from './access-text.ts'

export interface AtomFormat {
  readonly wants: readonly WantedDetail[]
  readonly line: LineFormat
}

type AtomText = (record: AccessRecord) => string | number

const NONE = '-'

export function atomFormat(parts: readonly FormatPart[], offset?: LocalOffset): AtomFormat {
  const wants: WantedDetail[] = []
  const time = new AccessTime(offset)
  const texts = parts.map((part): AtomText => {
    switch (part.kind) {
      case 'text':
        return () => part.text
      case 'atom':
        return part.atom === 't' ? (record) => time.of(record) : ATOM_TEXTS[part.atom]
      case 'detail': {
        const wish = addTo(wants, part)
        return ({ details }) => quotable(details[wish])
      }
    }
  })
  if (parts.some((part) => part.kind === 'atom' && part.atom === 'u')) addTo(wants, CREDENTIALS)
  const credentials = wants.findIndex(({ of, name }) => of === 'request' && name === CREDENTIALS.name)
  return {
    wants,
    line(record) {
      let line = ''
      for (const [index, part] of parts.entries()) {
        const isUser = part.kind === 'atom' && part.atom === 'u'
        line += String(isUser ? userIn(record.details[credentials]) : texts[index]!(record))
      }
      return line
    },
  }
}

const CREDENTIALS: WantedDetail = { of: 'request', name: 'authorization' }

/** At which index it stands. */
function addTo(wants: WantedDetail[], { of, name }: WantedDetail): number {
  const known = wants.findIndex((wanted) => wanted.of === of && wanted.name === name)
  return known === -1 ? wants.push({ of, name }) - 1 : known
}

/** Those that need nothing but the record. */
const ATOM_TEXTS: Record<Exclude<Atom, 't' | 'u'>, AtomText> & Record<'u', AtomText> = {
  h: ({ remoteAddress }) => word(remoteAddress),
  l: () => NONE,
  u: () => NONE,
  r: requestLine,
  m: ({ method }) => word(method),
  U: ({ target }) => quotable(pathOf(target)),
  q: ({ target }) => quotable(queryOf(target)),
  H: ({ protocol }) => word(protocol),
  s: ({ status }) => status,
  B: ({ bodyBytes }) => bodyBytes,
  b: ({ bodyBytes }) => bodyBytes || NONE,
  f: ({ referer }) => quotable(referer),
  a: ({ userAgent }) => quotable(userAgent),
  T: ({ durationMs }) => Math.floor(durationMs / 1000),
  D: ({ durationMs }) => Math.round(durationMs * 1000),
  M: ({ durationMs }) => Math.floor(durationMs),
  L: ({ durationMs }) => (durationMs / 1000).toFixed(6),
  // Who answered: where no worker had the request that was this process itself.
  p: ({ servedBy }) => `<${servedBy?.pid ?? process.pid}>`,
  id: ({ id }) => word(id),
  code: ({ code }) => code ?? NONE,
  queue: ({ queueMs }) => milliseconds(queueMs),
  application: ({ applicationMs }) => milliseconds(applicationMs),
  transfer: ({ transferMs }) => milliseconds(transferMs),
  worker: ({ servedBy }) => servedBy?.worker ?? NONE,
  thread: ({ servedBy }) => servedBy?.thread ?? NONE,
}

/** A target may be a whole URL (RFC 9112 §3.2.2). */
function pathOf(target: string): string {
  const path = target.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/, '').split('?', 1)[0] ?? ''
  return path === '' && target !== '' ? '/' : path
}

const queryOf = (target: string): string =>
  target.includes('?') ? target.slice(target.indexOf('?') + 1) : ''

/** The name in Basic credentials (RFC 7617), whoever believes it. */
function userIn(credentials: string | undefined): string {
  const match = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(credentials ?? '')
  const pair = Buffer.from(match?.[1] ?? '', 'base64').toString('latin1')
  return pair.includes(':') ? word(pair.slice(0, pair.indexOf(':'))) : NONE
}
