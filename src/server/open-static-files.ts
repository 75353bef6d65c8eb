import { accessSync, constants, statSync } from 'node:fs'
import type { Settings } from '../config/resolve.ts'
import { type ConfiguredFiles, staticPlacesOf } from '../config/static-places-of.ts'
import { GantryError } from '../errors.ts'
import { StaticFiles } from '../gateways/static/static-files.ts'

/** The files of `--static`; undefined without any. Throws a GantryError, or an AggregateError of several, for those that are not there. */
export function openStaticFiles(settings: Settings): StaticFiles | undefined {
  const places = staticPlacesOf(settings)
  if (places.length === 0) return undefined
  const missing = places.flatMap((place) => {
    const reason = whyNot(place)
    return reason === undefined ? [] : [new GantryError('GANTRY_STATIC_MISSING', { ...place, reason })]
  })
  if (missing.length === 1) throw missing[0]!
  if (missing.length > 1) throw new AggregateError(missing, missing.map(({ message }) => message).join('; '))
  return new StaticFiles(places)
}

function whyNot({ files }: ConfiguredFiles): string | undefined {
  try {
    const stats = statSync(files, { throwIfNoEntry: false })
    if (stats === undefined) return 'does not exist'
    if (!stats.isDirectory() && !stats.isFile()) return 'is neither a directory nor a file'
    // A directory need not be listed, only entered.
    accessSync(files, stats.isDirectory() ? constants.X_OK : constants.R_OK)
    return undefined
  } catch {
    return 'cannot be read by the user that gantry runs as'
  }
}
