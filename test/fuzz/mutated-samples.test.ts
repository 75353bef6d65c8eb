// Half of the bounded run of the differential fuzzer: the corpus and the vectors, as they are and broken in all ways.

import { expect, test } from 'vitest'
import { fuzzRequests, startReport } from './fuzz-requests.ts'

const CASES = 110_000
const SEED = 1
const DEADLINE_MS = 300_000

test(
  'what llhttp refuses is refused, and what both take they read the same: corpus and vectors, broken (RFC 9112 §11.2)',
  async () => {
    const report = startReport()
    await fuzzRequests(report, 'samples', SEED, 0, CASES)
    expect(report.findings, `npm run fuzz -- --seed ${SEED} --source samples --case NUMBER`).toEqual([])
    expect(report.cases).toBe(CASES)
    expect(report.requests).toBeGreaterThan(CASES / 10)
    // A row that nothing needs may hide what it was never meant for.
    expect([...report.rows].filter(([, hits]) => hits === 0).map(([name]) => name)).toEqual([])
  },
  DEADLINE_MS,
)
