// Rules between values that are each well formed: whatever can only be judged once all options are read.
import { GantryError } from '../errors.ts'
import { formatBindAddress } from './bind-address.ts'
import type { OptionName, OptionValues } from './options.ts'

type Origins = Readonly<Record<OptionName, string>>

export function checkRules(values: OptionValues, origins: Origins): readonly GantryError[] {
  return repeatedAddresses(values).map(
    (address) => new GantryError('GANTRY_BIND_REPEATED', { origin: origins.bind, address }),
  )
}

// Gantry would find the second one in use, by itself. Port 0 is another port each time.
function repeatedAddresses(values: OptionValues): readonly string[] {
  const fixed = values.bind
    .filter((address) => address.kind === 'unix' || address.port !== 0)
    .map(formatBindAddress)
  return [...new Set(fixed.filter((address, index) => fixed.indexOf(address) !== index))]
}
