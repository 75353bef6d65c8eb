// The applications of a server, each with the options that hold for it: those that it has of its own, and the server's besides.
import { mountKey, mountPlace } from './mount-key.ts'
import type { Option } from './option.ts'
import { OPTIONS } from './options.ts'
import type { Settings } from './resolve.ts'
import type { KeyedSetting } from './setting-of-key.ts'

/** One application, and where it is mounted. */
export interface MountedApplication {
  /** Empty for every host. */
  readonly host: string
  /** `/` for every path. */
  readonly path: string
  readonly settings: Settings
}

const OPTION_BY_NAME: Readonly<Record<string, Option<unknown>>> = OPTIONS

/** The application for all paths comes first, where there is one. Without mounts it is the only one. */
export function mountsOf(settings: Settings): readonly MountedApplication[] {
  const { application, mounts } = settings
  const whole = { host: '', path: '/', settings }
  if (mounts.length === 0) return [whole]
  const byKey = grouped(mounts)
  // What is said of / is said of APP, where that names it.
  const rest = byKey.get('/') ?? []
  byKey.delete('/')
  const main =
    application === '' && rest.length === 0 ? [] : [{ ...whole, settings: settingsOf(settings, rest) }]
  const others = [...byKey].map(([key, own]) => ({ ...mountPlace(key), settings: settingsOf(settings, own) }))
  return [...main, ...others]
}

function grouped(mounts: readonly KeyedSetting[]): Map<string, KeyedSetting[]> {
  const byKey = new Map<string, KeyedSetting[]>()
  for (const setting of mounts) {
    const key = mountKey(setting.key)
    byKey.set(key, [...(byKey.get(key) ?? []), setting])
  }
  return byKey
}

function settingsOf(settings: Settings, own: readonly KeyedSetting[]): Settings {
  const values: Record<string, unknown> = {}
  const origins: Record<string, string> = {}
  for (const { name, value, origin = '' } of own) {
    const isList = OPTION_BY_NAME[name]?.kind === 'repeatable'
    const before = values[name] as readonly unknown[] | undefined
    values[name] = isList ? [...(before ?? []), value] : value
    origins[name] ??= origin
  }
  return { ...settings, ...values, origins: { ...settings.origins, ...origins } }
}
