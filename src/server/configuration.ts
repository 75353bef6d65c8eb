// What the command is to serve, of its command line, its variables and a configuration file.

import { type ChosenFile, chosenFile } from '../config/chosen-file.ts'
import { mountsOf } from '../config/mounts-of.ts'
import {
  type Environment,
  type Resolution,
  type Settings,
  DEFAULT_IN_DEVELOPMENT,
  resolve,
} from '../config/resolve.ts'
import type { ApplicationLike } from '../wsgi/as-application.ts'
import type { Middleware } from '../wsgi/application.ts'
import { allowedCpus } from './cpus.ts'
import type { ConfigFile } from './config-file.ts'
import { findConfigFile } from './config-files.ts'
import { isScript } from './script-specification.ts'

/** Settings, and what no option can say. */
export interface Configuration {
  readonly settings: Settings
  /** Which configuration file was read. */
  readonly file: string | undefined
  /** Where the configuration file has the application itself. */
  readonly application: ApplicationLike | undefined
  readonly middleware: readonly Middleware[]
  /** Whether nothing but TypeScript answers, in the fronts themselves. */
  readonly isScript: boolean
  /** Whether one of several applications at least does. */
  readonly hasScript: boolean
}

export type Configured =
  | Exclude<Resolution, { kind: 'settings' }>
  | ({ readonly kind: 'settings' } & Configuration)

/** Rejects with a GantryError, or an AggregateError of several, when the configuration file cannot be used. */
export async function readConfiguration(argv: readonly string[], env: Environment): Promise<Configured> {
  const asked = resolve({ argv, env })
  if (asked.kind === 'request') return asked
  const file = await readFile(chosenFile(argv, env), asked)
  const resolution = file === undefined ? asked : resolve({ argv, env, file: withNamedApplication(file) })
  if (resolution.kind !== 'settings') return resolution
  const { settings } = resolution
  return {
    kind: 'settings',
    settings,
    file: file?.source,
    application: isOwnApplication(settings) ? file?.application : undefined,
    middleware: file?.middleware ?? [],
    ...scriptsIn(settings),
  }
}

// What reads it is much to load for a directory that has none.
async function readFile(chosen: ChosenFile, asked: Resolution): Promise<ConfigFile | undefined> {
  try {
    const found = await findConfigFile(chosen, process.cwd())
    if (found === undefined) return undefined
    const { readConfigFile } = await import('./config-file.ts')
    return await readConfigFile(found)
  } catch (error) {
    // What is wrong besides is said together with it; which application there is, the file could have said.
    const others = asked.kind === 'problems' ? asked.problems : []
    throw new AggregateError([...others.filter(({ code }) => code !== 'GANTRY_APPLICATION_MISSING'), error])
  }
}

function scriptsIn(settings: Settings): Pick<Configuration, 'isScript' | 'hasScript'> {
  const scripts = mountsOf(settings).map(
    (each) => isOwnApplication(each.settings) || isScript(each.settings.application),
  )
  return { isScript: !scripts.includes(false), hasScript: scripts.includes(true) }
}

/** How many processes take connections, and why. */
export function frontCount({ settings, isScript: runsScript }: Configuration): {
  readonly count: number
  readonly origin: string
} {
  const { fronts, workers, origins } = settings
  const isSaid = fronts !== undefined && origins.fronts !== DEFAULT_IN_DEVELOPMENT
  // To platforms processes are processes, whatever runs in them.
  if (!isSaid && runsScript && workers !== undefined && origins.workers === PLATFORM_WORKERS)
    return { count: workers.max, origin: PLATFORM_WORKERS }
  if (fronts !== undefined) return { count: fronts, origin: origins.fronts }
  return runsScript ? allowedCpus() : { count: 1, origin: 'default' }
}

const PLATFORM_WORKERS = 'variable WEB_CONCURRENCY'

// The option table knows applications by name only.
function withNamedApplication(file: ConfigFile): ConfigFile {
  if (file.application === undefined) return file
  return { ...file, options: { ...file.options, application: OWN_APPLICATION } }
}

const OWN_APPLICATION = 'its default export'

/** Whether the application is that of the configuration file, and not one that is named. */
export const isOwnApplication = ({ application }: Settings): boolean => application === OWN_APPLICATION
