// `npm run faults -- codec`: what reading a request costs, and how that compares with another build of the codec.
import { formatRatio } from '../report/figures.ts'
import { relativeSpread, summarize } from '../report/statistics.ts'
import { CODEC_LOADS, type CodecLoad } from './codec/codec-load.ts'
import { CodecBuild } from './codec/codec-build.ts'
import { faultScript } from './fault-script.ts'
import { demand, figure, type Finding } from './finding.ts'
import { join } from 'node:path'

const REPOSITORY = join(import.meta.dirname, '..', '..')
const WARM_UP_ROUNDS = 5
const MOST_RATIO = 1.1

interface LoadTimes {
  readonly load: CodecLoad
  readonly ownNs: number[]
  readonly otherNs: number[]
}

export const codec = faultScript({
  name: 'codec',
  title: 'nanoseconds that the HTTP/1.1 codec takes for a request',
  options: {
    against: { default: '', help: 'another checkout whose codec is measured in turns with this one' },
    rounds: { default: 25, help: 'turns of each; the figures are medians' },
    requests: { default: 20_000, help: 'requests of a turn' },
  },
  async run({ against, rounds, requests }) {
    const own = await CodecBuild.load(REPOSITORY)
    const other = against === '' ? undefined : await CodecBuild.load(against)
    const builds = other === undefined ? [own] : [own, other]
    for (const load of CODEC_LOADS) for (const build of builds) check(build, load)
    const times = CODEC_LOADS.map((load): LoadTimes => ({ load, ownNs: [], otherNs: [] }))
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (const { load, ownNs, otherNs } of times) {
        // In turns that turn: who comes first finds colder caches.
        for (const build of round % 2 === 0 ? builds : builds.toReversed()) {
          const ns = build.measureNs(load, requests)
          if (round >= 0) (build === own ? ownNs : otherNs).push(ns)
        }
      }
    }
    return other === undefined ? times.map(ownFinding) : comparisonFindings(times)
  },
})

function check(build: CodecBuild, load: CodecLoad): void {
  const events = build.eventsOf(load)
  if (events.join() !== load.events.join())
    throw new Error(`${load.name}: read as ${events.join()}, not as ${load.events.join()}`)
}

function ownFinding({ load, ownNs }: LoadTimes): Finding {
  return figure(load.name, describe(ownNs))
}

function comparisonFindings(times: readonly LoadTimes[]): readonly Finding[] {
  const ratios = times.map(
    ({ ownNs, otherNs }) => summarize(ownNs.map((ns, round) => ns / otherNs[round]!)).median,
  )
  const mean = ratios.reduce((product, ratio) => product * ratio, 1) ** (1 / ratios.length)
  return [
    ...times.flatMap(({ load, ownNs, otherNs }, index) => [
      figure(load.name, describe(ownNs)),
      figure('  the other', describe(otherNs)),
      demand(
        '  ratio',
        formatRatio(ratios[index]!),
        `at most ${formatRatio(MOST_RATIO)}`,
        ratios[index]! <= MOST_RATIO,
      ),
    ]),
    demand(
      'geometric mean of the ratios',
      formatRatio(mean),
      `at most ${formatRatio(MOST_RATIO)}`,
      mean <= MOST_RATIO,
    ),
  ]
}

function describe(ns: readonly number[]): string {
  const summary = summarize(ns)
  return `${summary.median.toFixed(0)} ns ±${(relativeSpread(summary) * 100).toFixed(0)} %`
}
