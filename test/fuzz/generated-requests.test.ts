// Half of the bounded run of the differential fuzzer: requests made from the grammar, half of them broken.

import { expect, test } from 'vitest'
import { fuzzRequests, startReport } from './fuzz-requests.ts'

const CASES = 100_000
const SEED = 1
const DEADLINE_MS = 300_000

test(
  'what llhttp refuses is refused, and what both take they read the same: generated requests (RFC 9112 §11.2)',
  async () => {
    const report = startReport()
    await fuzzRequests(report, 'generated', SEED, 0, CASES)
    expect(report.findings, `npm run fuzz -- --seed ${SEED} --source generated --case NUMBER`).toEqual([])
    expect(report.cases).toBe(CASES)
    // Else the generator makes nothing that either of them reads to its end.
    expect(report.verdicts.same).toBeGreaterThan(CASES / 10)
    expect(report.requests).toBeGreaterThan(CASES / 2)
  },
  DEADLINE_MS,
)
