import { describe, expect, test } from 'vitest'
import { supervisorReports } from '../../../src/server/supervisor/reports.ts'
import { recordedLog } from '../../harness/recorded-log.ts'

const ACCOUNT = { requests: 1_200, failures: { 404: 3, 502: 2 }, workerDeaths: 1 }

describe('the last line', () => {
  test.each([
    [12_340, 0, 'stopped after 12.3 s: '],
    [60_000, 0, 'stopped after 1 min: '],
    [7_500_000, 0, 'stopped after 2 h 5 min: '],
    [273_600_000, 1, 'stopped after 3 d 4 h: ', '; 1 front died, whose requests are not counted'],
    [100, 2, 'stopped after 0.1 s: ', '; 2 fronts died, whose requests are not counted'],
  ])('after %d ms with %d fronts lost', (upMs, lostFronts, before, behind = '') => {
    const log = recordedLog()
    supervisorReports(log).stopped(ACCOUNT, upMs, lostFronts)
    const done = '1,200 requests, 2 answered 5xx (502: 2), 3 answered 4xx (404: 3); 1 worker died'
    expect(log.lines).toEqual([`info ${before}${done}${behind}`])
  })
})
