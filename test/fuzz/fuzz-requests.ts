// Runs our codec beside llhttp over generated and mutated requests. Every case follows from a seed and its number alone.

import { randomBetween, randomPieces, seededRandom } from '../harness/random.ts'
import type { Random } from '../harness/random.ts'
import { readCorpus } from '../http/corpus.ts'
import { VECTORS } from '../vectors/vector.ts'
import { compareReadings } from './compare-readings.ts'
import type { Verdict } from './compare-readings.ts'
import { LOOSER, STRICTER } from './deliberate-differences.ts'
import { GantryReader } from './gantry-reader.ts'
import { generatePipeline, pick } from './generate-requests.ts'
import { mutate } from './mutate-requests.ts'
import { NodeHttpReader } from './node-http-reader.ts'
import type { Progress } from './reading.ts'

const LONGEST_SAMPLE = 2_000
const LONGEST_BYTE_BY_BYTE = 200
const CASES_A_TURN = 100
const MOST_FINDINGS = 10
// Whoever reads these as requests, or does not, has found another end of the request before.
const MARKERS =
  'GET /marker HTTP/1.1\r\nHost: marker.test\r\n\r\nPOST /last HTTP/1.1\r\nHost: marker.test\r\nContent-Length: 2\r\n\r\nhi'

const END_OF_HEAD = Buffer.from('\r\n\r\n')

/** Requests that were written to show something: the corpus and the vectors. */
const SAMPLES: readonly string[] = [
  ...readCorpus('http1').map(({ request }) => request.toString('latin1')),
  ...VECTORS.map(({ bytes }) => bytes),
].filter(({ length }) => length > 0 && length <= LONGEST_SAMPLE)

// A sample that is refused as it is hides most of what is done to it.
const GOOD_SAMPLES = SAMPLES.filter((text) => {
  const reader = new GantryReader()
  reader.receive(Buffer.from(text, 'latin1'))
  return reader.refusal === undefined && reader.progress.ends > 0
})

export type Source = 'generated' | 'samples'

export interface FuzzCase {
  readonly bytes: Buffer
  readonly pieces: readonly Buffer[]
}

export interface Finding {
  readonly number: number
  readonly what: string
  /** The bytes as JSON, one character a byte. */
  readonly bytes: string
}

export interface FuzzReport {
  cases: number
  /** How many cases ended in each kind of verdict. */
  readonly verdicts: Record<Verdict['kind'], number>
  /** Requests that both read to their ends. */
  requests: number
  /** How often each row of the table of differences was needed. */
  readonly rows: Map<string, number>
  readonly findings: Finding[]
}

export function startReport(): FuzzReport {
  return {
    cases: 0,
    verdicts: { same: 0, 'both-refuse': 0, deliberate: 0, finding: 0 },
    requests: 0,
    rows: new Map([...STRICTER, ...LOOSER].map(({ name }) => [name, 0])),
    findings: [],
  }
}

/** Runs the cases from number `first` on and adds what came of them to `report`. Stops early when there is much to look at. */
export async function fuzzRequests(
  report: FuzzReport,
  source: Source,
  seed: number,
  first: number,
  count: number,
): Promise<void> {
  // node:http makes errors by the thousand here, and nobody reads where they came from.
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  for (let number = first; number < first + count && report.findings.length < MOST_FINDINGS; number++) {
    const fuzzCase = makeCase(source, seed, number)
    addVerdict(report, number, fuzzCase, runCase(fuzzCase, report))
    // node:http frees what it holds for a connection in later turns of the event loop.
    if (number % CASES_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  Error.stackTraceLimit = stackTraceLimit
}

function addVerdict(report: FuzzReport, number: number, { bytes }: FuzzCase, verdict: Verdict): void {
  report.cases++
  report.verdicts[verdict.kind]++
  if (verdict.kind === 'deliberate') {
    const { name } = verdict.difference
    report.rows.set(name, report.rows.get(name)! + 1)
  } else if (verdict.kind === 'finding') {
    report.findings.push({ number, what: verdict.what, bytes: JSON.stringify(bytes.toString('latin1')) })
  }
}

/** The first numbers are the samples as they are. */
export function makeCase(source: Source, seed: number, number: number): FuzzCase {
  const random = seededRandom(seed * 1_000_003 + number)
  const text = source === 'generated' ? generatedText(random) : sampleText(number, random)
  const bytes = Buffer.from(text + (random() < 0.9 ? MARKERS : ''), 'latin1')
  return { bytes, pieces: cut(bytes, random) }
}

function generatedText(random: Random): string {
  const text = generatePipeline(random)
  return random() < 0.5 ? text : mutate(text, random)
}

function sampleText(number: number, random: Random): string {
  const sample = SAMPLES[number]
  if (sample !== undefined) return sample
  const text = pick(random() < 0.7 ? GOOD_SAMPLES : SAMPLES, random)
  return mutate(random() < 0.1 ? text + pick(SAMPLES, random) : text, random)
}

function cut(bytes: Buffer, random: Random): readonly Buffer[] {
  const way = random()
  if (way < 0.4) return [bytes]
  if (way < 0.5 && bytes.length <= LONGEST_BYTE_BY_BYTE) return randomPieces(bytes, 1, random)
  return randomPieces(bytes, randomBetween(20, 200, random), random)
}

export function runCase({ bytes, pieces }: FuzzCase, report?: FuzzReport): Verdict {
  const ours = new GantryReader()
  const theirs = new NodeHttpReader()
  try {
    for (const [index, piece] of pieces.entries()) {
      ours.receive(piece)
      theirs.receive(piece)
      const apart = ours.isOver || theirs.isOver ? undefined : distance(ours.progress, theirs.progress)
      if (apart !== undefined) return { kind: 'finding', what: `after piece ${index + 1}: ${apart}` }
    }
    // The other one may have to see the end of the line, or of what follows it, before it can tell.
    if (ours.refusal !== undefined) theirs.receive(END_OF_HEAD)
    else if (theirs.refusal !== undefined) ours.receive(END_OF_HEAD)
    if (report !== undefined) report.requests += Math.min(ours.progress.ends, theirs.progress.ends)
    return compareReadings(ours, theirs, bytes.toString('latin1', Math.min(ours.endOffset, bytes.length)))
  } finally {
    theirs.close()
  }
}

function distance(ours: Progress, theirs: Progress): string | undefined {
  for (const part of ['heads', 'ends', 'bodyBytes'] as const) {
    if (ours[part] !== theirs[part]) return `${ours[part]} ${part} here, ${theirs[part]} there`
  }
  return undefined
}
