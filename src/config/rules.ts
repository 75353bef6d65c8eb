// Rules between values that are each well formed: whatever can only be judged once all options are read.
import { GantryError } from '../errors.ts'
import { type BindAddress, formatBindAddress } from './bind-address.ts'
import type { OptionName, OptionValues } from './options.ts'

type Origins = Readonly<Record<OptionName, string>>

export function checkRules(values: OptionValues, origins: Origins): readonly GantryError[] {
  const repeated = repeatedAddresses(values).map(
    ({ option, address }) => new GantryError('GANTRY_BIND_REPEATED', { origin: origins[option], address }),
  )
  return [...repeated, ...untrustedProxyProtocol(values, origins)]
}

// Nobody would be asked for the header then: whoever switched it on would take proxies' addresses for those of clients.
function untrustedProxyProtocol(values: OptionValues, origins: Origins): readonly GantryError[] {
  if (!values.proxyProtocol || values.trustedProxies.length > 0) return []
  return [new GantryError('GANTRY_PROXY_PROTOCOL_UNTRUSTED', { origin: origins.proxyProtocol })]
}

// Gantry would find the second one in use, by itself. Port 0 is another port each time.
function repeatedAddresses({ bind, healthBind }: OptionValues): readonly Repeated[] {
  const given = [...named('bind', bind), ...named('healthBind', healthBind)]
  const repeated = given.filter(
    ({ address }, index) => given.findIndex((other) => other.address === address) < index,
  )
  return [...new Map(repeated.map((each) => [each.address, each])).values()]
}

interface Repeated {
  readonly option: 'bind' | 'healthBind'
  readonly address: string
}

const named = (option: Repeated['option'], addresses: readonly BindAddress[]): readonly Repeated[] =>
  addresses
    .filter((address) => address.kind === 'unix' || address.port !== 0)
    .map((address) => ({ option, address: formatBindAddress(address) }))
