// Every module of Apache that hands requests on brings back the right answer to each. At full size: `npm run faults -- apache`.

import { describe, expect, test } from 'vitest'
import { apache } from '../../bench/faults/apache.ts'
import { missingTools } from '../harness/test-tools.ts'
import { missedGoals } from './missed-goals.ts'

const missing = await missingTools(['apache'])

// Processes are looked at through /proc.
describe.skipIf(process.platform !== 'linux' || missing.has('apache'))('behind Apache', () => {
  test('no request fails through any module', async () => {
    const findings = await apache.start(['--requests', '200', '--connections', '8'], () => undefined)
    expect(missedGoals(findings)).toEqual([])
    expect(findings.filter(({ title }) => title.endsWith(': answered')).map(({ value }) => value)).toEqual(
      Array.from({ length: 4 }, () => '200'),
    )
  }, 60_000)
})
