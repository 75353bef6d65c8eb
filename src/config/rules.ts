// Rules between values that are each well formed: whatever can only be judged once all options are read.
import { GantryError } from '../errors.ts'
import { formatBindAddress } from './bind-address.ts'
import type { OptionName, OptionValues } from './options.ts'

type Origins = Readonly<Record<OptionName, string>>

export function checkRules(values: OptionValues, origins: Origins): readonly GantryError[] {
  const repeated = repeatedAddresses(values).map(
    (address) => new GantryError('GANTRY_BIND_REPEATED', { origin: origins.bind, address }),
  )
  return [...repeated, ...untrustedProxyProtocol(values, origins)]
}

// Nobody would be asked for the header then: whoever switched it on would take proxies' addresses for those of clients.
function untrustedProxyProtocol(values: OptionValues, origins: Origins): readonly GantryError[] {
  if (!values.proxyProtocol || values.trustedProxies.length > 0) return []
  return [new GantryError('GANTRY_PROXY_PROTOCOL_UNTRUSTED', { origin: origins.proxyProtocol })]
}

// Gantry would find the second one in use, by itself. Port 0 is another port each time.
function repeatedAddresses(values: OptionValues): readonly string[] {
  const fixed = values.bind
    .filter((address) => address.kind === 'unix' || address.port !== 0)
    .map(formatBindAddress)
  return [...new Set(fixed.filter((address, index) => fixed.indexOf(address) !== index))]
}
