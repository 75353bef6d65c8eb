// Lines put together of gunicorn's atoms, and of Gantry's own.

import type { Atom, FormatPart } from '../../config/access-format.ts'
import type { AccessRecord, WantedDetail } from '../../wsgi/access-record.ts'
import type { LineFormat } from './access-line.ts'
import { AccessTime, type LocalOffset, writeRequestLine } from './access-text.ts'
import type { LineBytes } from './line-bytes.ts'

export interface AtomFormat {
  readonly wants: readonly WantedDetail[]
  readonly line: LineFormat
}

type AtomWriter = (line: LineBytes, record: AccessRecord) => void

const NONE = '-'

export function atomFormat(parts: readonly FormatPart[], offset?: LocalOffset): AtomFormat {
  const wants: WantedDetail[] = []
  const time = new AccessTime(offset)
  const writers = parts.map((part): AtomWriter => {
    switch (part.kind) {
      case 'text':
        return (line) => line.unicode(part.text)
      case 'atom':
        if (part.atom === 't') return (line, record) => line.text(time.of(record))
        return part.atom === 'u' ? userWriter(addTo(wants, CREDENTIALS)) : ATOM_WRITERS[part.atom]
      case 'detail': {
        const wish = addTo(wants, part)
        return (line, { details }) => line.quotable(details[wish])
      }
    }
  })
  return {
    wants,
    line(record, line) {
      for (const write of writers) write(line, record)
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
const ATOM_WRITERS: Record<Exclude<Atom, 't' | 'u'>, AtomWriter> = {
  h: (line, { remoteAddress }) => line.word(remoteAddress),
  l: (line) => line.text(NONE),
  r: writeRequestLine,
  m: (line, { method }) => line.word(method),
  U: (line, { target }) => line.quotable(pathOf(target)),
  q: (line, { target }) => line.quotable(queryOf(target)),
  H: (line, { protocol }) => line.word(protocol),
  s: (line, { status }) => line.number(status),
  B: (line, { bodyBytes }) => line.number(bodyBytes),
  b: (line, { bodyBytes }) => (bodyBytes === 0 ? line.text(NONE) : line.number(bodyBytes)),
  f: (line, { referer }) => line.quotable(referer),
  a: (line, { userAgent }) => line.quotable(userAgent),
  T: (line, { durationMs }) => line.number(Math.floor(durationMs / 1000)),
  D: (line, { durationMs }) => line.number(Math.round(durationMs * 1000)),
  M: (line, { durationMs }) => line.number(Math.floor(durationMs)),
  L: (line, { durationMs }) => line.text((durationMs / 1000).toFixed(6)),
  // Who answered: where no worker had the request that was this process itself.
  p: (line, { servedBy }) => line.text(`<${servedBy?.pid ?? process.pid}>`),
  id: (line, { id }) => line.word(id),
  code: (line, { code }) => line.word(code),
  queue: (line, { queueMs }) => line.milliseconds(queueMs),
  application: (line, { applicationMs }) => line.milliseconds(applicationMs),
  transfer: (line, { transferMs }) => line.milliseconds(transferMs),
  worker: (line, { servedBy }) => writeNumber(line, servedBy?.worker),
  thread: (line, { servedBy }) => writeNumber(line, servedBy?.thread),
}

function writeNumber(line: LineBytes, value: number | undefined): void {
  if (value === undefined) line.text(NONE)
  else line.number(value)
}

/** A target may be a whole URL (RFC 9112 §3.2.2). */
function pathOf(target: string): string {
  const path = target.replace(/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/, '').split('?', 1)[0] ?? ''
  return path === '' && target !== '' ? '/' : path
}

const queryOf = (target: string): string =>
  target.includes('?') ? target.slice(target.indexOf('?') + 1) : ''

/** The name in Basic credentials (RFC 7617), whoever believes it. */
function userWriter(credentials: number): AtomWriter {
  return (line, { details }) => {
    const match = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(details[credentials] ?? '')
    const pair = Buffer.from(match?.[1] ?? '', 'base64').toString('latin1')
    line.word(pair.slice(0, Math.max(0, pair.indexOf(':'))))
  }
}
