import { describe, expect, test } from 'vitest'
import { combinedLine, commonLine, gantryLine } from '../../../src/observe/access/access-line.ts'
import type { AccessRecord } from '../../../src/wsgi/access-record.ts'
import { seededRandom } from '../../harness/random.ts'
import { lineOf } from './line-of.ts'

const RECORD: AccessRecord = {
  timeMs: Date.UTC(2000, 9, 10, 20, 55, 36, 999),
  id: 'mf3k-2a',
  remoteAddress: '192.0.2.7',
  method: 'GET',
  target: '/shop/?id=7',
  protocol: 'HTTP/1.1',
  queueMs: 0.12,
  applicationMs: 1,
  transferMs: 0.1145,
  servedBy: { worker: 3, pid: 4242, thread: 1 },
  details: [],
  status: 200,
  bodyBytes: 2326,
  durationMs: 1.2345,
  referer: 'https://shop.example/',
  userAgent: 'Mozilla/5.0 (X11)',
  code: undefined,
}

function lineWith(changes: Partial<AccessRecord> = {}, offsetMinutes = -420): string {
  return lineOf(
    gantryLine(() => offsetMinutes),
    { ...RECORD, ...changes },
  )
}

/** What a reader of the combined format makes of a line: its fields, quoted ones without their quotes. */
const FIELDS =
  /^(\S+) - - \[([^\]]+)\] "([^"]*)" (\d{3}) (\d+) "([^"]*)" "([^"]*)" (\d+\.\d{3}) (\S+) (\S+) \S+ \S+ \S+ \S+$/

describe('a line of the access log', () => {
  test('is the combined log format, and behind it milliseconds, id and code', () => {
    expect(lineWith()).toBe(
      '192.0.2.7 - - [10/Oct/2000:13:55:36 -0700] "GET /shop/?id=7 HTTP/1.1" 200 2326 "https://shop.example/" "Mozilla/5.0 (X11)" 1.235 mf3k-2a - 0.120 1.000 0.115 3/1/4242',
    )
  })

  test('has "-" for each thing that was not read, and the code of the rule that was broken', () => {
    const unread = { method: '', target: '', referer: '', userAgent: '', remoteAddress: '' }
    expect(
      lineWith({ ...unread, status: 400, bodyBytes: 0, servedBy: undefined, code: 'REQUEST_LINE_MALFORMED' }),
    ).toBe(
      '- - - [10/Oct/2000:13:55:36 -0700] "-" 400 0 "-" "-" 1.235 mf3k-2a REQUEST_LINE_MALFORMED 0.120 1.000 0.115 -',
    )
  })

  test('names an IPv6 address as it is, and HTTP/1.0', () => {
    expect(lineWith({ remoteAddress: '2001:db8::1', protocol: 'HTTP/1.0' })).toMatch(
      /^2001:db8::1 - - .* HTTP\/1\.0" /,
    )
  })

  test.each([
    [0, '0.000'],
    [0.0004, '0.000'],
    [0.0005, '0.001'],
    [1.9999, '2.000'],
    [12.05, '12.050'],
    [86_400_000, '86400000.000'],
  ])('tells %d ms as %s', (durationMs, told) => {
    expect(lineWith({ durationMs }).split(' ').at(-7)).toBe(told)
  })

  test.each([
    [0, '10/Oct/2000:20:55:36 +0000'],
    [330, '11/Oct/2000:02:25:36 +0530'],
    [-570, '10/Oct/2000:11:25:36 -0930'],
  ])('has the local time, %i minutes ahead of UTC', (offsetMinutes, told) => {
    expect(lineWith({}, offsetMinutes)).toContain(`[${told}]`)
  })

  test('follows the clock from second to second, and asks for the offset once a second', () => {
    let asked = 0
    const format = gantryLine(() => {
      asked++
      return 0
    })
    const told = [0, 0, 1, 1000, 1001, 500].map((ms) => {
      return /:(\d\d) /.exec(lineOf(format, { ...RECORD, timeMs: RECORD.timeMs + ms }))?.[1]
    })
    expect([told, asked]).toEqual([['36', '36', '37', '37', '38', '37'], 4])
  })
})

test.each([
  ['common', commonLine, ''],
  ['combined', combinedLine, ' "https://shop.example/" "Mozilla/5.0 (X11)"'],
])('the %s format is what its name says, and nothing else', (_, format, rest) => {
  const common = '192.0.2.7 - - [10/Oct/2000:20:55:36 +0000] "GET /shop/?id=7 HTTP/1.1" 200 2326'
  expect(
    lineOf(
      format(() => 0),
      RECORD,
    ),
  ).toBe(common + rest)
})

describe('what came from outside', () => {
  const hostile = [
    ['a quote', 'a" 200 5 "', 'a\\x22 200 5 \\x22'],
    ['a backslash', 'a\\x22', 'a\\x5cx22'],
    ['line ends', 'a\r\nb\nc', 'a\\x0d\\x0ab\\x0ac'],
    ['an escape sequence', '\x1b[2J', '\\x1b[2J'],
    ['NUL, tab and DEL', '\0\t\x7f', '\\x00\\x09\\x7f'],
    ['C1 control characters', '\x9b31m', '\\x9b31m'],
    ['bytes that are not ASCII', 'caf\xc3\xa9', 'caf\\xc3\\xa9'],
  ] as const
  test.each(hostile)('cannot write %s', (_, sent, written) => {
    const line = lineWith({ target: sent, referer: sent, userAgent: sent })
    expect(FIELDS.exec(line)?.slice(3, 8)).toEqual([
      `GET ${written} HTTP/1.1`,
      '200',
      '2326',
      written,
      written,
    ])
  })

  test('cannot add a field by way of the address', () => {
    expect(lineWith({ remoteAddress: '1.2.3.4 "x\n' })).toMatch(/^1\.2\.3\.4\\x20\\x22x\\x0a - - \[/)
  })

  test('is one line of printable ASCII with its fields in their places, whatever the bytes', () => {
    const random = seededRandom(3)
    const bytes = (): string =>
      String.fromCharCode(...Array.from({ length: 1 + Math.floor(random() * 12) }, () => random() * 256))
    for (let round = 0; round < 1_000; round++) {
      const line = lineWith({ target: bytes(), referer: bytes(), userAgent: bytes(), remoteAddress: bytes() })
      expect(line).toMatch(/^[ -~]+$/)
      expect(FIELDS.exec(line)?.[4]).toBe('200')
      expect(FIELDS.exec(line)?.[9]).toBe('mf3k-2a')
    }
  })
})
