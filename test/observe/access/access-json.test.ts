// The encoder made by hand writes what JSON.stringify would, for every record.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accessJson } from '../../../src/observe/access/access-json.ts'
import { jsonText } from '../../../src/observe/json-text.ts'
import type { AccessRecord } from '../../../src/wsgi/access-record.ts'
import { lineOf } from './line-of.ts'

/** The plain way to the same line. */
function expectedLine(record: AccessRecord): string {
  const { servedBy } = record
  return jsonText({
    time: new Date(record.timeMs).toISOString(),
    request: textOf(record.id),
    remoteAddress: textOf(record.remoteAddress) || null,
    method: textOf(record.method) || null,
    target: textOf(record.target) || null,
    protocol: textOf(record.protocol),
    status: record.status,
    bytes: record.bodyBytes,
    durationMs: rounded(record.durationMs),
    queueMs: rounded(record.queueMs),
    applicationMs: rounded(record.applicationMs),
    transferMs: rounded(record.transferMs),
    worker: servedBy?.worker ?? null,
    thread: servedBy?.thread ?? null,
    pid: servedBy?.pid ?? null,
    referer: textOf(record.referer) || undefined,
    userAgent: textOf(record.userAgent) || undefined,
    code: record.code,
  })
}

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000

function textOf(bytes: string): string {
  const text = Buffer.from(bytes, 'latin1').toString()
  return text.includes('\ufffd') ? bytes : text
}

/** One character a byte. */
const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code))
const bytes = fc.oneof(
  fc.string(),
  fc.string({ unit: byte }),
  fc.string({ unit: 'binary' }).map((text) => Buffer.from(text).toString('latin1')),
  fc.constantFrom(
    '',
    '"',
    '\\',
    '\u007f',
    '\u2028',
    'caf\u00c3\u00a9',
    'caf\u00e9',
    '\u00e2\u0080\u00ae',
    '{}',
  ),
)
const duration = fc.oneof(
  fc.double({ min: 0, max: 1e5, noNaN: true }),
  fc.integer({ min: 0, max: 5_000_000 }).map((thousandths) => thousandths / 1000),
  fc.constantFrom(0, -0, -1.5, 0.0004, 0.0005, 0.9995, 1e12, 1e15, 1e21, Number.NaN, Infinity),
)
const natural = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const record: fc.Arbitrary<AccessRecord> = fc.record({
  timeMs: fc.oneof(fc.integer({ min: 0, max: 8.64e15 }), fc.integer({ min: 1.7e12, max: 1.7e12 + 3000 })),
  id: bytes,
  remoteAddress: bytes,
  method: bytes,
  target: bytes,
  protocol: bytes,
  status: fc.integer({ min: 100, max: 999 }),
  bodyBytes: natural,
  durationMs: duration,
  queueMs: duration,
  applicationMs: duration,
  transferMs: duration,
  servedBy: fc.option(fc.record({ worker: natural, pid: natural, thread: natural }), { nil: undefined }),
  referer: bytes,
  userAgent: bytes,
  code: fc.constantFrom(undefined, 'GANTRY_QUEUE_FULL', 'REQUEST_LINE_MALFORMED'),
  details: fc.constant([]),
})

describe('a line of JSON', () => {
  test('is that of JSON.stringify, whatever came and whenever', () => {
    const line = accessJson()
    fc.assert(
      fc.property(record, (each) => {
        expect(lineOf(line, each)).toBe(expectedLine(each))
      }),
      { numRuns: 3000 },
    )
  })

  test('follows the clock within a second, from second to second, and back', () => {
    const line = accessJson()
    const [usual] = fc.sample(record, 1)
    for (const timeMs of [0, 1, 999, 1000, 1_700_000_000_007, 1_700_000_000_070, 999]) {
      expect(lineOf(line, { ...usual!, timeMs })).toContain(`{"time":"${new Date(timeMs).toISOString()}",`)
    }
  })
})
