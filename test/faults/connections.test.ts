// How many clients may be connected. `npm run faults -- connections` does it with thousands.

import { describe, expect, test } from 'vitest'
import { exceedLimits, limitOptions } from '../../bench/faults/connections/exceed-limits.ts'
import { ServerUnderFaults } from '../../bench/faults/server/server-under-faults.ts'
import { missedGoals } from './missed-goals.ts'

// What is left behind is read from /proc.
describe.skipIf(process.platform !== 'linux')('the most connections', () => {
  test('clients beyond --max-connections or --max-connections-per-address are answered 503, all others served', async () => {
    const limits = { most: 60, mostOfAddress: 25, excess: 15 }
    await using server = await ServerUnderFaults.start({ workers: 1, options: limitOptions(limits) })
    expect(missedGoals(await exceedLimits(server, limits))).toEqual([])
  }, 60_000)
})
