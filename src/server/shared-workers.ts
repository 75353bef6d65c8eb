// How many workers each of several Python applications has: those that it was given, or its part of all.

import type { MountedApplication } from '../config/mounts-of.ts'
import type { Settings } from '../config/resolve.ts'
import type { WorkerRange } from '../config/worker-range.ts'
import { allowedCpus } from './cpus.ts'
import { isScript } from './script-specification.ts'

/** A part of `count`. */
export interface Share {
  readonly index: number
  readonly count: number
}

/** The first ones get what is left over; each has one at least. */
export function partOf(whole: WorkerRange, { index, count }: Share): WorkerRange {
  const part = (number: number): number =>
    Math.max(1, Math.floor(number / count) + (index < number % count ? 1 : 0))
  return { min: part(whole.min), max: part(whole.max) }
}

/** How many there are to be, and who says so. */
export function wantedWorkers({ workers, origins }: Settings): {
  readonly range: WorkerRange
  readonly origin: string
} {
  if (workers !== undefined) return { range: workers, origin: origins.workers }
  const { count, origin } = allowedCpus()
  return { range: { min: count, max: count }, origin }
}

/** Those without workers of their own share what there is for all. */
export function withSharedWorkers(places: readonly MountedApplication[]): readonly MountedApplication[] {
  const sharers = places.filter(({ settings }) => !hasOwnWorkers(settings) && !isScript(settings.application))
  if (sharers.length < 2) return places
  return places.map((place) => {
    const index = sharers.indexOf(place)
    if (index === -1) return place
    const { settings } = place
    const { range, origin } = wantedWorkers(settings)
    const workers = partOf(range, { index, count: sharers.length })
    const origins = { ...settings.origins, workers: `a share of ${origin}` }
    return { ...place, settings: { ...settings, workers, origins } }
  })
}

const hasOwnWorkers = ({ mounts, origins }: Settings): boolean =>
  mounts.some(({ name, origin }) => name === 'workers' && origin === origins.workers)
