// `npm run faults -- resets`: connections that ask for something, or half of it, and reset.
import { seededRandom } from '../../test/harness/random.ts'
import { formatFigure } from '../report/figures.ts'
import { SteadyLoad } from './clients/steady-load.ts'
import { faultScript } from './fault-script.ts'
import { demand, figure } from './finding.ts'
import { chosenSeed, SEED_OPTION } from './streams/chosen-seed.ts'
import { sendResets } from './streams/send-resets.ts'
import { MemorySamples } from './server/memory-samples.ts'
import { Rest } from './server/rest.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'

const RETURN_DEADLINE_MS = 30_000
const WARM_UP_RESETS = 2_000
const CHECK = { requestsPerSecond: 500, seconds: 1 }

export const resets = faultScript({
  name: 'resets',
  title: 'a storm of connections that are reset in the middle of a request',
  options: {
    count: { default: 20_000, help: 'connections' },
    seed: SEED_OPTION,
    checkout: { default: '', help: 'serve with the dist/ of another checkout' },
  },
  async run({ count, seed, checkout }, tell) {
    const random = seededRandom(chosenSeed(seed, tell))
    await using server = await ServerUnderFaults.start({ checkout })
    using steady = await SteadyLoad.open(server.port, 10)
    await sendResets(server.port, WARM_UP_RESETS, random)
    await steady.measure(CHECK.requestsPerSecond, CHECK.seconds)
    const rest = new Rest(server)
    const startBytes = server.rssBytes
    using samples = new MemorySamples(server)
    const startMs = performance.now()
    const failed = await sendResets(server.port, count, random)
    const seconds = (performance.now() - startMs) / 1000
    await rest.returned(RETURN_DEADLINE_MS)
    const { answered, errors, unanswered } = await steady.measure(CHECK.requestsPerSecond, CHECK.seconds)
    return [
      figure('connections reset', count),
      figure('a second', Math.round(count / seconds)),
      demand('could not connect', failed, '0', failed === 0),
      figure('front RSS at the start', formatFigure(startBytes, 'bytes')),
      figure('front RSS at its peak', formatFigure(samples.peakBytes, 'bytes')),
      figure('front RSS at the end', formatFigure(server.rssBytes, 'bytes')),
      demand(
        'requests answered after it',
        answered,
        'all',
        errors + unanswered === 0 && answered === CHECK.requestsPerSecond * CHECK.seconds,
      ),
      ...rest.findings(),
    ]
  },
})
