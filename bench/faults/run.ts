// The command `npm run faults -- SCRIPT`: does one thing to a real gantry that clients must not be able to hurt it with, and says
// how it came through. Exit status 1: a figure is not what it has to be.
import { apache } from './apache.ts'
import { codec } from './codec.ts'
import { connections } from './connections.ts'
import { crowd } from './crowd.ts'
import { deadlineStorm } from './deadline-storm.ts'
import { dumps } from './dumps.ts'
import { frontKills } from './front-kills.ts'
import { million } from './million.ts'
import { overload } from './overload.ts'
import { preload } from './preload.ts'
import { recycling } from './recycling.ts'
import { reloads } from './reloads.ts'
import { resets } from './resets.ts'
import { streams } from './streams.ts'
import { term } from './term.ts'
import { workerKills } from './worker-kills.ts'
import type { FaultScript } from './fault-script.ts'
import { renderFindings, type Finding } from './finding.ts'

const SCRIPTS: readonly FaultScript[] = [
  crowd,
  streams,
  resets,
  connections,
  reloads,
  workerKills,
  frontKills,
  term,
  recycling,
  deadlineStorm,
  overload,
  preload,
  million,
  dumps,
  apache,
  codec,
]

const HELP = `npm run faults -- SCRIPT [options]

${SCRIPTS.map(({ name, title, help }) => `${name}: ${title}\n${help}`).join('\n')}`

endOnSignals()
process.exitCode = await main(process.argv.slice(2))

async function main([name, ...argv]: readonly string[]): Promise<number> {
  const script = SCRIPTS.find((candidate) => candidate.name === name)
  if (script === undefined || argv.includes('--help')) {
    const isAsked = name === undefined || name === '--help' || script !== undefined
    if (!isAsked) tell(`faults: there is no script ${name}`)
    process.stdout.write(HELP)
    return isAsked ? 0 : 2
  }
  try {
    const findings = await script.start(argv, tell)
    process.stdout.write(`${renderFindings(findings)}\n`)
    return findings.some(isMissed) ? 1 : 0
  } catch (error) {
    tell(`faults: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

function isMissed({ goal }: Finding): boolean {
  return goal?.isMet === false
}

function tell(progress: string): void {
  process.stderr.write(`${progress}\n`)
}

/** A signal alone would leave servers behind; what is to be ended at the exit of this process is told to `exit`. */
function endOnSignals(): void {
  for (const [signal, status] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const])
    process.once(signal, () => process.exit(status))
}
