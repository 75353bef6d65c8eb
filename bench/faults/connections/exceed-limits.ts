// Goes beyond --max-connections-per-address, then beyond --max-connections, then leaves and comes again.
import { demand, type Finding } from '../finding.ts'
import { Rest } from '../server/rest.ts'
import type { ServerUnderFaults } from '../server/server-under-faults.ts'
import { LimitedClients } from './limited-clients.ts'

const RETURN_DEADLINE_MS = 10_000
// Each is the x of 127.0.0.x.
const GREEDY = 2
const OTHERS = Array.from({ length: 100 }, (_, index) => 3 + index)
const LATE = 200

export interface ConnectionLimits {
  readonly most: number
  readonly mostOfAddress: number
  /** How many more are tried each time. */
  readonly excess: number
}

export function limitOptions({ most, mostOfAddress }: ConnectionLimits): readonly string[] {
  return ['--max-connections', String(most), '--max-connections-per-address', String(mostOfAddress)]
}

/** What was answered to whom, on a server with these limits that nobody is connected to. */
export async function exceedLimits(
  server: ServerUnderFaults,
  { most, mostOfAddress, excess }: ConnectionLimits,
): Promise<readonly Finding[]> {
  const rest = new Rest(server)
  const others = most - mostOfAddress
  using within = new LimitedClients(server.port)
  using beyond = new LimitedClients(server.port)
  const served = await within.connect(mostOfAddress, [GREEDY])
  const refusedOfAddress = await beyond.countRefused(excess, GREEDY)
  const servedOthers = await within.connect(others, OTHERS)
  const refused = await beyond.countRefused(excess, LATE)
  const servedMeanwhile = await within.countServed()
  within.leave()
  beyond.leave()
  await rest.returned(RETURN_DEADLINE_MS)
  const servedAgain = await within.connect(mostOfAddress, [GREEDY])
  within.leave()
  await rest.returned(RETURN_DEADLINE_MS)
  return [
    all('as many as may be of one address: served', served, mostOfAddress),
    all('more from that address: 503, Retry-After, closed', refusedOfAddress, excess),
    all('as many others as may be: served', servedOthers, others),
    all('one more: 503, Retry-After, closed', refused, excess),
    all('those within: still served', servedMeanwhile, most),
    all('from the first address, after all had left: served', servedAgain, mostOfAddress),
    ...rest.findings(),
  ]
}

function all(title: string, found: number, wanted: number): Finding {
  return demand(title, found, `${wanted}`, found === wanted)
}
