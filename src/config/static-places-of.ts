// The paths under which files are sent, of all that was said of them.
import { type StaticSettings, MAX_AGE_MS } from './options/static.ts'
import type { Settings } from './resolve.ts'
import type { AddedField } from './texts.ts'

/** A path prefix as request targets have it, empty for every path, and what holds below it. */
export interface ConfiguredFiles {
  readonly path: string
  /** The directory, or one file. */
  readonly files: string
  readonly cacheControl: string
  /** Header fields of its answers besides. */
  readonly headers: readonly AddedField[]
  /** Where that was said. */
  readonly origin: string
}

export function staticPlacesOf({
  static: said,
  isDevelopment,
}: Pick<Settings, 'static' | 'isDevelopment'>): readonly ConfiguredFiles[] {
  const paths = new Set(said.map(({ key }) => key))
  return [...paths].map((path) => {
    const own = said.filter(({ key }) => key === path)
    const settings: Partial<SingleSettings> = Object.fromEntries(own.map(({ name, value }) => [name, value]))
    const headers = own.flatMap(({ name, value }) => (name === 'headers' ? [value as AddedField] : []))
    const { files = '' } = settings
    const origin = own.find(({ name }) => name === 'files')?.origin ?? ''
    return { path, files, cacheControl: cacheControlOf(settings, isDevelopment), headers, origin }
  })
}

type SingleSettings = Omit<StaticSettings, 'headers'>

/** Nothing is kept without being asked for again where no time is given (RFC 9111 §5.2.2.4). */
function cacheControlOf(
  { maxAgeMs, immutable = false }: Partial<SingleSettings>,
  isDevelopment: boolean,
): string {
  const usualMs = immutable ? MAX_AGE_MS.ofImmutable : MAX_AGE_MS[isDevelopment ? 'inDevelopment' : 'usual']
  const seconds = Math.floor((maxAgeMs ?? usualMs) / 1_000)
  if (seconds === 0) return 'no-cache'
  return `max-age=${seconds}${immutable ? ', immutable' : ''}`
}
