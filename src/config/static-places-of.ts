// The paths under which files are sent, of all that was said of them.
import { type StaticSettings, USUAL_MAX_AGE_MS } from './options/static.ts'
import type { Settings } from './resolve.ts'

/** A path prefix as request targets have it, empty for every path, and what holds below it. */
export interface ConfiguredFiles {
  readonly path: string
  /** The directory, or one file. */
  readonly files: string
  readonly cacheControl: string
  /** Where that was said. */
  readonly origin: string
}

export function staticPlacesOf({ static: said }: Pick<Settings, 'static'>): readonly ConfiguredFiles[] {
  const paths = new Set(said.map(({ key }) => key))
  return [...paths].map((path) => {
    const own = said.filter(({ key }) => key === path)
    const settings = { ...DEFAULTS, ...Object.fromEntries(own.map(({ name, value }) => [name, value])) }
    const { files = '' } = settings
    const origin = own.find(({ name }) => name === 'files')?.origin ?? ''
    return { path, files, cacheControl: cacheControlOf(settings), origin }
  })
}

const DEFAULTS: StaticSettings = {
  files: undefined,
  maxAgeMs: undefined,
  immutable: false,
}

/** Nothing is kept without being asked for again where no time is given (RFC 9111 §5.2.2.4). */
function cacheControlOf({ maxAgeMs, immutable }: StaticSettings): string {
  const { ofChanging, ofImmutable } = USUAL_MAX_AGE_MS
  const seconds = Math.floor((maxAgeMs ?? (immutable ? ofImmutable : ofChanging)) / 1_000)
  if (seconds === 0) return 'no-cache'
  return `max-age=${seconds}${immutable ? ', immutable' : ''}`
}
