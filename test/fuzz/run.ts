// `npm run fuzz -- --seconds N --seed S`: goes on where the tests stop. Five eighths of the time for requests, an eighth each for the
// other protocols, and for the link's frames in TypeScript and in Python. `--source … --case NUMBER` runs one case again.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { FRAME_SOURCES, fuzzFrames } from './fuzz-frames.ts'
import type { FrameSource } from './fuzz-frames.ts'
import { FUZZED_PROTOCOLS, fuzzProtocol } from './fuzz-protocols.ts'
import { fuzzRequests, makeCase, runCase, startReport } from './fuzz-requests.ts'
import type { FuzzReport, Source } from './fuzz-requests.ts'

const CASES_A_SLICE = 2_000
const ROUNDS_A_SLICE = 2_000
const SOURCES: readonly Source[] = ['generated', 'samples']
const PYTHON_FUZZER = fileURLToPath(new URL('../python/test_frames_fuzz.py', import.meta.url))

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    source: { type: 'string', default: 'generated' },
    case: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})
if (values.help) {
  process.stdout.write(`npm run fuzz -- [--seconds N] [--seed S]
Compares the codec with llhttp, and feeds the readers of other protocols and the link's decoders of both languages, for N seconds (60).

npm run fuzz -- --seed S --source generated|samples --case N
Replays one case.
`)
  process.exit(0)
}
const seed = readNumber('--seed', values.seed)

if (values.case === undefined) await run(readNumber('--seconds', values.seconds))
else replay(readSource(values.source), readNumber('--case', values.case))

async function run(seconds: number): Promise<void> {
  const isGood = [
    await runRequests((seconds * 5) / 8),
    runProtocols(seconds / 8),
    runFrames(seconds / 8),
    await runPythonFrames(seconds / 8),
  ].every(Boolean)
  say(isGood ? `go on with --seed ${seed + 1}` : `NOT AS IT SHOULD BE (--seed ${seed})`)
  process.exitCode = isGood ? 0 : 1
}

async function runRequests(seconds: number): Promise<boolean> {
  const started = Date.now()
  const reports = SOURCES.map((source) => ({ source, report: startReport() }))
  const hasTime = (): boolean => Date.now() - started < seconds * 1000
  for (let first = 0; hasTime() && !reports.some(hasFindings); first += CASES_A_SLICE) {
    for (const { source, report } of reports) await fuzzRequests(report, source, seed, first, CASES_A_SLICE)
  }
  for (const { source, report } of reports) sayReport(source, report)
  const cases = reports.reduce((sum, { report }) => sum + report.cases, 0)
  say(`requests: ${cases} cases, ${Math.round((cases * 1000) / (Date.now() - started))} a second`)
  sayRows(reports.map(({ report }) => report))
  return !reports.some(hasFindings)
}

function hasFindings({ report }: { readonly report: FuzzReport }): boolean {
  return report.findings.length > 0
}

function sayReport(source: Source, { cases, verdicts, requests, findings }: FuzzReport): void {
  const counts = Object.entries(verdicts).map(([kind, count]) => `${kind} ${count}`)
  say(`${source}: ${cases} cases (${counts.join(', ')}), ${requests} requests read alike`)
  for (const { number, what, bytes } of findings)
    say(`  FINDING --seed ${seed} --source ${source} --case ${number}: ${what}\n    ${bytes}`)
}

function sayRows(reports: readonly FuzzReport[]): void {
  for (const name of reports[0]!.rows.keys()) {
    const hits = reports.reduce((sum, { rows }) => sum + rows.get(name)!, 0)
    say(`  ${String(hits).padStart(8)}  ${name}${hits === 0 ? '  (NEVER: is the row still needed?)' : ''}`)
  }
}

function runFrames(seconds: number): boolean {
  const started = Date.now()
  const sources = Object.keys(FRAME_SOURCES) as FrameSource[]
  const ends = { frames: 0, refused: 0 }
  try {
    for (let first = 0; Date.now() - started < seconds * 1000; first += ROUNDS_A_SLICE) {
      for (const source of sources) {
        const found = fuzzFrames(source, seed, first, ROUNDS_A_SLICE)
        ends.frames += found.frames
        ends.refused += found.refused
      }
    }
  } catch (error) {
    console.error(error)
    return false
  }
  say(`frames, TypeScript: ${ends.frames} rounds with frames to the end, ${ends.refused} refused`)
  return true
}

function runProtocols(seconds: number): boolean {
  const started = Date.now()
  const ends = { taken: 0, refused: 0 }
  try {
    for (let first = 0; Date.now() - started < seconds * 1000; first += ROUNDS_A_SLICE) {
      for (const protocol of FUZZED_PROTOCOLS) {
        const found = fuzzProtocol(protocol, seed, first, ROUNDS_A_SLICE)
        ends.taken += found.taken
        ends.refused += found.refused
      }
    }
  } catch (error) {
    console.error(error)
    return false
  }
  say(`FastCGI, SCGI, uwsgi: ${ends.taken} rounds taken to the end, ${ends.refused} refused`)
  return true
}

function runPythonFrames(seconds: number): Promise<boolean> {
  const args = [PYTHON_FUZZER, '--seconds', String(seconds), '--seed', String(seed)]
  return new Promise((resolve) => {
    const child = spawn('python3', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    child.stdout.setEncoding('utf8').on('data', (text: string) => say(`frames, Python: ${text.trimEnd()}`))
    child.once('error', (error) => {
      say(`frames, Python: ${error.message}`)
      resolve(false)
    })
    child.once('close', (status) => resolve(status === 0))
  })
}

function replay(source: Source, number: number): void {
  const fuzzCase = makeCase(source, seed, number)
  const verdict = runCase(fuzzCase)
  say(JSON.stringify(fuzzCase.bytes.toString('latin1')))
  say(
    `in ${fuzzCase.pieces.length} pieces of ${fuzzCase.pieces.map(({ length }) => length).join(', ')} bytes`,
  )
  say(verdict.kind === 'deliberate' ? `deliberate: ${verdict.difference.name}` : JSON.stringify(verdict))
  process.exitCode = verdict.kind === 'finding' ? 1 : 0
}

function readNumber(flag: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${flag} needs a whole number, not ${JSON.stringify(text)}`)
  return Number(text)
}

function readSource(text: string): Source {
  const source = SOURCES.find((one) => one === text)
  if (source === undefined) throw new Error(`--source is one of ${SOURCES.join(', ')}`)
  return source
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
