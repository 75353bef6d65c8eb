// Rules between values that are each well formed: whatever can only be judged once all options are read.
import { GantryError } from '../errors.ts'
import { type BindAddress, formatBindAddress } from './bind-address.ts'
import { nameInData } from './config-object.ts'
import { mountKey } from './mount-key.ts'
import type { Option } from './option.ts'
import { OPTIONS, type OptionName, type OptionValues } from './options.ts'
import { STATIC_SETTINGS } from './options/static.ts'
import type { KeyedSetting } from './setting-of-key.ts'

const OPTION_BY_NAME: Readonly<Record<string, Option<unknown>>> = OPTIONS

type Origins = Readonly<Record<OptionName, string>>

export function checkRules(values: OptionValues, origins: Origins): readonly GantryError[] {
  const repeated = repeatedAddresses(values).map(
    ({ option, address }) => new GantryError('GANTRY_BIND_REPEATED', { origin: origins[option], address }),
  )
  return [
    ...repeated,
    ...untrustedProxyProtocol(values, origins),
    ...repeatedSettings(values.routes),
    ...repeatedSettings(values.static, STATIC_SETTINGS),
    ...settingsWithoutFiles(values.static),
    ...mountFaults(values, origins),
  ]
}

function mountFaults({ mounts, application }: OptionValues, origins: Origins): readonly GantryError[] {
  const own = { key: '/', name: 'application', value: application, origin: origins.application }
  const all = application === '' ? mounts : [own, ...mounts]
  const named = new Set(all.filter(({ name }) => name === 'application').map(({ key }) => mountKey(key)))
  const unnamed = new Map(
    all.filter(({ key }) => !named.has(mountKey(key))).map((setting) => [mountKey(setting.key), setting]),
  )
  return [
    ...repeatedSettings(all.map((setting) => ({ ...setting, key: mountKey(setting.key) }))),
    ...[...unnamed.values()].map(
      ({ key, origin = '' }) => new GantryError('GANTRY_MOUNT_WITHOUT_APPLICATION', { origin, key }),
    ),
  ]
}

// Lists are given value by value.
function repeatedSettings(
  settings: readonly KeyedSetting[],
  options: Readonly<Record<string, Option<unknown>>> = OPTION_BY_NAME,
): readonly GantryError[] {
  return settings.flatMap((setting, index) => {
    const { key, name, origin = '' } = setting
    if (options[name]?.kind === 'repeatable') return []
    const first = settings.slice(0, index).find((other) => other.key === key && other.name === name)
    if (first === undefined) return []
    const details = { origin, first: first.origin ?? '', key: key || '/', name: nameInData(name) }
    return [new GantryError('GANTRY_SETTING_REPEATED', details)]
  })
}

function settingsWithoutFiles(settings: OptionValues['static']): readonly GantryError[] {
  const named = new Set(settings.filter(({ name }) => name === 'files').map(({ key }) => key))
  const unnamed = new Map(
    settings.filter(({ key }) => !named.has(key)).map((setting) => [setting.key, setting]),
  )
  return [...unnamed.values()].map(
    ({ key, origin = '' }) => new GantryError('GANTRY_STATIC_WITHOUT_FILES', { origin, path: key || '/' }),
  )
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
    .filter((address) => address.kind !== 'tcp' || address.port !== 0)
    .map((address) => ({ option, address: formatBindAddress(address) }))
