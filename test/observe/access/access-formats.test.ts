// What every format makes of the same requests: golden/access-formats.txt. `npx vitest run -u` writes it anew.

import { expect, test } from 'vitest'
import { parseAccessFormat } from '../../../src/config/access-format.ts'
import { accessLines } from '../../../src/observe/access/access-lines.ts'
import type { AccessRecord, WantedDetail } from '../../../src/wsgi/access-record.ts'
import { lineOf } from './line-of.ts'

const USUAL: AccessRecord = {
  timeMs: Date.UTC(2000, 9, 10, 20, 55, 36, 999),
  id: 'mf3k-2a',
  remoteAddress: '192.0.2.7',
  method: 'GET',
  target: '/shop/%C3%A4?id=7&q',
  protocol: 'HTTP/1.1',
  status: 200,
  bodyBytes: 2326,
  durationMs: 1_234.5678,
  queueMs: 0.25,
  applicationMs: 1_230,
  transferMs: 4.3178,
  servedBy: { worker: 3, pid: 4242, thread: 1 },
  referer: 'https://shop.example/',
  userAgent: 'Mozilla/5.0 (X11)',
  code: undefined,
  details: [],
}
const NO_TIMES = { durationMs: 0, queueMs: 0, applicationMs: 0, transferMs: 0 }
const HOSTILE = 'a"\r\n10.0.0.1 - - "GET /forged\\ \u001b[31m\u009b1m\u0000\u007f\u00e9'

const RECORDS: Readonly<Record<string, AccessRecord>> = {
  usual: USUAL,
  refused: {
    ...USUAL,
    ...NO_TIMES,
    ...{ remoteAddress: '', method: '', target: '', referer: '', userAgent: '', servedBy: undefined },
    ...{ status: 400, bodyBytes: 0, code: 'REQUEST_LINE_MALFORMED' },
  },
  'client left': { ...USUAL, status: 499, bodyBytes: 0 },
  'queue full': { ...USUAL, ...NO_TIMES, status: 503, servedBy: undefined, code: 'GANTRY_QUEUE_FULL' },
  'absolute target': { ...USUAL, target: 'http://shop.example:8000?x=1', method: 'OPTIONS' },
  hostile: {
    ...USUAL,
    ...{ id: HOSTILE, remoteAddress: HOSTILE, method: HOSTILE, target: HOSTILE, protocol: HOSTILE },
    ...{ referer: HOSTILE, userAgent: HOSTILE },
  },
}

const FORMATS = [
  'gantry',
  'common',
  'combined',
  'json',
  // gunicorn's default.
  '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"',
  '%(m)s|%(U)s|%(q)s|%(H)s|%(B)s|%(T)s|%(D)s|%(M)s|%(L)s|%%',
  '%(id)s|%(code)s|%(queue)s|%(application)s|%(transfer)s|%(worker)s|%(thread)s',
  '"%({Authorization}i)s" %({x-cache}o)s %({REMOTE_PORT}e)s',
]
const CREDENTIALS = `Basic ${Buffer.from('ann "a\n:secret').toString('base64')}`

/** What a gateway has of the hostile request, and of the others. */
const detail = ({ of, name }: WantedDetail, isHostile: boolean): string | undefined => {
  if (of === 'request' && name === 'authorization') return CREDENTIALS
  return isHostile ? HOSTILE : undefined
}

test('every format tells each kind of request as the golden file says', async () => {
  const lines = FORMATS.flatMap((text) => {
    const parsed = parseAccessFormat(text)
    if (!parsed.ok) throw new Error(parsed.expected)
    const { wants, line } = accessLines(parsed.value, () => -420)
    const told = Object.entries(RECORDS).map(([name, record]) => {
      const details = wants.map((wanted) => detail(wanted, name === 'hostile'))
      return `${name}: ${lineOf(line, { ...record, details })}`
    })
    return [`# ${text}`, ...told, '']
  })
  // Nothing that a client sends makes a line of its own or drives a terminal.
  expect(lines.filter((line) => /\p{Cc}/u.test(line))).toEqual([])
  await expect(lines.join('\n')).toMatchFileSnapshot('../golden/access-formats.txt')
})

test('%(p)s is the process that answered: the worker, else this one', () => {
  const parsed = parseAccessFormat('%(p)s')
  const { line } = accessLines(parsed.ok ? parsed.value : { kind: 'common' })
  expect([lineOf(line, USUAL), lineOf(line, { ...USUAL, servedBy: undefined })]).toEqual([
    '<4242>',
    `<${process.pid}>`,
  ])
})

test('JSON has text where bytes are UTF-8, and else a character for each byte', () => {
  const line = (target: string): unknown => {
    const { line: format } = accessLines({ kind: 'json' })
    return (JSON.parse(lineOf(format, { ...USUAL, target })) as { target: unknown }).target
  }
  expect([line('/caf\u00c3\u00a9'), line('/caf\u00e9')]).toEqual(['/caf\u00e9', '/caf\u00e9'])
})
