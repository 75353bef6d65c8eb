// Supervision under load: what may fail is what a killed process took with it, and nothing else. The same scripts at full size are
// `npm run faults -- reloads` and so on; what they demand of speed is not asked for here.

import { describe, expect, test } from 'vitest'
import { deadlineStorm } from '../../bench/faults/deadline-storm.ts'
import { dumps } from '../../bench/faults/dumps.ts'
import type { FaultScript } from '../../bench/faults/fault-script.ts'
import { frontKills } from '../../bench/faults/front-kills.ts'
import { overload } from '../../bench/faults/overload.ts'
import { preload } from '../../bench/faults/preload.ts'
import { recycling } from '../../bench/faults/recycling.ts'
import { reloads } from '../../bench/faults/reloads.ts'
import { term } from '../../bench/faults/term.ts'
import { workerKills } from '../../bench/faults/worker-kills.ts'
import { missedGoals } from './missed-goals.ts'

interface SmallRun {
  readonly title: string
  readonly script: FaultScript
  readonly argv: string
}

const SMALL_RUNS: readonly SmallRun[] = [
  {
    title:
      'reloads lose no request, neither to new code nor to code that cannot start; the command says which',
    script: reloads,
    argv: '--reloads 2 --broken 3 --connections 16',
  },
  {
    title: 'a killed worker takes only the requests with it that it had, as 502; with retries none',
    script: workerKills,
    argv: '--kills 2 --workers 2 --connections 16',
  },
  {
    title: 'a killed front takes only its connections with it, and nobody is refused',
    script: frontKills,
    argv: '--kills 2 --connections 16',
  },
  {
    title: 'SIGTERM with a lame-duck time loses no request',
    script: term,
    argv: '--rounds 1 --lame-duck 500 --connections 16',
  },
  {
    title: 'workers are recycled without losing a request',
    script: recycling,
    argv: '--rounds 1 --seconds 2 --max-requests 50 --least-replaced 1 --connections 16',
  },
  {
    title:
      'with every thread stuck the health endpoints answer, each request is answered 504, and the service comes back',
    script: deadlineStorm,
    argv: '--storms 1 --boots 1 --request-timeout 500 --interrupt-grace 500 --connections 16',
  },
  {
    title: 'with ten times the load that can be served, the rest is answered 503',
    script: overload,
    argv: '--seconds 1 --warm-up-seconds 1 --clients 200 --queue-size 50 --connections 16',
  },
  {
    title: 'with --preload a killed worker is replaced without an import',
    script: preload,
    argv: '--kills 2 --import 500 --connections 16',
  },
  { title: 'dumps disturb nobody', script: dumps, argv: '--dumps 3 --connections 16' },
]

// Processes are looked at through /proc.
describe.skipIf(process.platform !== 'linux')('supervision under load', () => {
  test.each(SMALL_RUNS)(
    '$title',
    async ({ script, argv }) => {
      const progress: string[] = []
      const findings = await script.start(argv.split(' '), (line) => progress.push(line))
      expect(missedGoals(findings), progress.join('\n')).toEqual([])
    },
    60_000,
  )
})
