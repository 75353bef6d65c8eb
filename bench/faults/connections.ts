// `npm run faults -- connections`: more clients than may be connected, in all and from one address.
import { exceedLimits, limitOptions } from './connections/exceed-limits.ts'
import { faultScript } from './fault-script.ts'
import { ServerUnderFaults } from './server/server-under-faults.ts'

export const connections = faultScript({
  name: 'connections',
  title: 'more connections than --max-connections and --max-connections-per-address allow',
  options: {
    most: { default: 2_000, help: 'the limit for all' },
    mostOfAddress: { default: 900, help: 'the limit for one address' },
    excess: { default: 300, help: 'how many more are tried, each time' },
    checkout: { default: '', help: 'serve with the dist/ of another checkout' },
  },
  async run({ checkout, ...limits }) {
    await using server = await ServerUnderFaults.start({ options: limitOptions(limits), checkout })
    return await exceedLimits(server, limits)
  },
})
