// What the command is to serve, of its command line, its variables and the configuration file of the working directory.

import { type Environment, type Resolution, type Settings, resolve } from '../config/resolve.ts'
import type { ApplicationLike } from '../wsgi/as-application.ts'
import type { Middleware } from '../wsgi/application.ts'
import { allowedCpus } from './cpus.ts'
import type { ConfigFile } from './config-file.ts'
import { configFilesIn } from './config-files.ts'
import { isScript } from './script-specification.ts'

/** Settings, and what no option can say. */
export interface Configuration {
  readonly settings: Settings
  /** Where the configuration file has the application itself. */
  readonly application: ApplicationLike | undefined
  readonly middleware: readonly Middleware[]
  /** Whether TypeScript answers, in the fronts themselves. */
  readonly isScript: boolean
}

export type Configured =
  | Exclude<Resolution, { kind: 'settings' }>
  | ({ readonly kind: 'settings' } & Configuration)

/** Rejects with a GantryError when the configuration file cannot be read. */
export async function readConfiguration(argv: readonly string[], env: Environment): Promise<Configured> {
  const asked = resolve({ argv, env })
  if (asked.kind === 'request') return asked
  const file = await readFile(process.cwd())
  const resolution = file === undefined ? asked : resolve({ argv, env, file: withNamedApplication(file) })
  if (resolution.kind !== 'settings') return resolution
  const { settings } = resolution
  const application = isOwn(file, settings) ? file.application : undefined
  return {
    kind: 'settings',
    settings,
    application,
    middleware: file?.middleware ?? [],
    isScript: application !== undefined || isScript(settings.application),
  }
}

// What reads it is much to load for a directory that has none.
async function readFile(directory: string): Promise<ConfigFile | undefined> {
  if (configFilesIn(directory).length === 0) return undefined
  const { readConfigFile } = await import('./config-file.ts')
  return await readConfigFile(directory)
}

/** How many processes take connections, and why. */
export function frontCount({ settings, isScript: runsScript }: Configuration): {
  readonly count: number
  readonly origin: string
} {
  if (settings.fronts !== undefined) return { count: settings.fronts, origin: settings.origins.fronts }
  return runsScript ? allowedCpus() : { count: 1, origin: 'default' }
}

// The option table knows applications by name only.
function withNamedApplication(file: ConfigFile): ConfigFile {
  if (file.application === undefined) return file
  return { ...file, options: { ...file.options, application: OWN_APPLICATION } }
}

const OWN_APPLICATION = 'its default export'

/** Whether the application is the one of the file, and no other was named before it. */
function isOwn(file: ConfigFile | undefined, settings: Settings): file is ConfigFile {
  return (
    file?.application !== undefined && settings.origins.application === `option application in ${file.source}`
  )
}
