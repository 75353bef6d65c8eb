// Supervision under load: what may fail is what a killed process took with it, and nothing else. The same scripts at full size are
// `npm run faults -- reloads` and so on; what they demand of speed is not asked for here.

import { describe, expect, test } from 'vitest'
import type { FaultScript } from '../../bench/faults/fault-script.ts'
import { frontKills } from '../../bench/faults/front-kills.ts'
import { overload } from '../../bench/faults/overload.ts'
import { term } from '../../bench/faults/term.ts'
import { missedGoals } from './missed-goals.ts'

interface SmallRun {
  readonly title: string
  readonly script: FaultScript
  readonly argv: string
}

const SMALL_RUNS: readonly SmallRun[] = [
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
    title: 'with ten times the load that can be served, the rest is answered 503',
    script: overload,
    argv: '--seconds 2 --clients 200 --queue-size 50 --connections 16',
  },
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
