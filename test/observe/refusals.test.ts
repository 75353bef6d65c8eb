import { beforeEach, describe, expect, test } from 'vitest'
import { Refusals } from '../../src/observe/refusals.ts'
import { Teller } from '../../src/observe/teller.ts'
import { ManualClock } from '../harness/manual-clock.ts'
import { type RecordedLog, recordedLog } from '../harness/recorded-log.ts'

let clock: ManualClock
let log: RecordedLog
let teller: Teller
let refusals: Refusals

beforeEach(() => {
  clock = new ManualClock()
  log = recordedLog()
  teller = new Teller(clock)
  refusals = new Refusals(log, teller)
})

describe('Refusals', () => {
  test('tells the first of each code with address, status, reason, code and the option of its limit', () => {
    refusals.add('TOO_MANY_FIELDS', '192.0.2.1')
    refusals.add('FIELD_MALFORMED', '2001:db8::1')
    refusals.add('HEAD_TIMEOUT', '')
    expect(log.lines).toEqual([
      'info refused a request from 192.0.2.1: 431 there are too many header fields (TOO_MANY_FIELDS); the limit is --max-headers',
      'info refused a request from 2001:db8::1: 400 a header field is malformed (FIELD_MALFORMED)',
      'info refused a request from a client on a Unix socket, or gone: 408 the request head did not arrive in time (HEAD_TIMEOUT); the limit is --head-timeout',
    ])
  })

  test('sums up a flood of one code, and tells another code at once meanwhile', () => {
    for (let count = 0; count < 4313; count++) refusals.add('HEAD_TIMEOUT', '192.0.2.1')
    refusals.add('HOST_MISSING', '192.0.2.2')
    clock.advance(10_000)
    expect(log.lines.slice(1)).toEqual([
      'info refused a request from 192.0.2.2: 400 the Host field is missing (HOST_MISSING)',
      'info refused 4,312 more requests in the last 10 s, the last from 192.0.2.1: 408 the request head did not arrive in time (HEAD_TIMEOUT); the limit is --head-timeout',
    ])
  })

  test('tells of answers that were cut in words of their own, as nothing is answered then', () => {
    for (let count = 0; count < 3; count++) refusals.add('ANSWER_NOT_TAKEN', '192.0.2.1')
    clock.advance(10_000)
    expect(log.lines).toEqual([
      'info cut an answer to 192.0.2.1: the client took nothing of it in time (ANSWER_NOT_TAKEN); the limit is --write-timeout',
      'info cut 2 more answers in the last 10 s, the last to 192.0.2.1: the client took nothing of it in time (ANSWER_NOT_TAKEN); the limit is --write-timeout',
    ])
  })

  test('counts each code, told or not', () => {
    refusals.add('FIELD_MALFORMED', '192.0.2.1')
    for (let count = 0; count < 1200; count++) refusals.add('HEAD_TIMEOUT', '192.0.2.1')
    expect(refusals.counts()).toEqual([
      { code: 'HEAD_TIMEOUT', count: 1200 },
      { code: 'FIELD_MALFORMED', count: 1 },
    ])
    log.lines.length = 0
    refusals.tellCounts()
    expect(log.lines).toEqual(['info refused since the start: HEAD_TIMEOUT 1,200, FIELD_MALFORMED 1'])
  })

  test('has nothing to say where nothing was refused', () => {
    refusals.tellCounts()
    expect([log.lines, refusals.counts()]).toEqual([[], []])
  })
})
