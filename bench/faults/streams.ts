// `npm run faults -- streams`: random and mutated bytes, which nothing of the server may be the worse for.
import { formatFigure } from '../report/figures.ts'
import { faultScript } from './fault-script.ts'
import { demand, figure, type Finding } from './finding.ts'
import { MemorySamples } from './server/memory-samples.ts'
import { Rest } from './server/rest.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'
import { chosenSeed, SEED_OPTION } from './streams/chosen-seed.ts'
import { sendStreams, SHORT_TIMES } from './streams/send-streams.ts'

const RETURN_DEADLINE_MS = 30_000
const TELL_EVERY = 10_000
const MOST_GROWTH = 1.1

export const streams = faultScript({
  name: 'streams',
  title: 'random and mutated byte streams, cut, reset, half-closed and not read at random',
  options: {
    count: { default: 100_000, help: 'streams' },
    seed: SEED_OPTION,
    first: { default: 0, help: 'the number of the first one: with --count 1 to see one again' },
    checkout: { default: '', help: 'serve with the dist/ of another checkout' },
  },
  async run({ count, seed, first, checkout }, tell) {
    const chosen = chosenSeed(seed, tell)
    await using server = await ServerUnderFaults.start({ options: SHORT_TIMES, checkout })
    const rest = new Rest(server)
    let ended = 0
    using samples = new MemorySamples(server, () => ended / count)
    const onEnd = (): void => {
      if (++ended % TELL_EVERY === 0) tell(`${ended} of ${count}`)
    }
    const startMs = performance.now()
    const { hung, refused } = await sendStreams({ port: server.port, seed: chosen, first, count, onEnd })
    const seconds = (performance.now() - startMs) / 1000
    await rest.returned(RETURN_DEADLINE_MS)
    return [
      figure('streams', count),
      figure('a second', Math.round(count / seconds)),
      demand('left open by the server', numbersOf(hung), 'none', hung.length === 0),
      demand('could not connect', numbersOf(refused), 'none', refused.length === 0),
      ...memoryFindings(samples),
      ...rest.findings(),
    ]
  },
})

function memoryFindings(samples: MemorySamples): readonly Finding[] {
  const earlier = samples.medianBytes(0.4, 0.6)
  const later = samples.medianBytes(0.8, 1)
  return [
    figure('front RSS at its peak', formatFigure(samples.peakBytes, 'bytes')),
    figure('front RSS, third fifth', formatFigure(earlier, 'bytes')),
    demand(
      'front RSS, last fifth',
      formatFigure(later, 'bytes'),
      `at most ${formatFigure(earlier * MOST_GROWTH, 'bytes')}`,
      // A run too short for samples proves nothing of memory, and does not have to.
      !(later > earlier * MOST_GROWTH),
    ),
  ]
}

function numbersOf(streams: readonly number[]): string {
  if (streams.length === 0) return 'none'
  return `${streams.length}: ${streams.slice(0, 5).join(', ')}${streams.length > 5 ? ' …' : ''}`
}
