// The configuration file of the working directory: `gantry.config.ts` (or .mts, .js, .mjs, .cjs), whose default export holds options by
// their names in code, the application, and the middleware in front of it.

import { basename, join } from 'node:path'
import type { ConfigObject, ConfigOptions } from '../config/config-object.ts'
import { GantryError } from '../errors.ts'
import type { Middleware } from '../wsgi/application.ts'
import type { ApplicationLike } from '../wsgi/as-application.ts'
import { configFilesIn } from './config-files.ts'
import { checkedApplication, importModule } from './load-application.ts'

/** What a configuration file has as its default export. */
export type Config = Omit<ConfigOptions, 'application'> & {
  /** As on the command line, or the application itself. */
  readonly application?: string | ApplicationLike
  /** In front of the application, the first one outermost. */
  readonly middleware?: readonly Middleware[]
}

/** A configuration file as it was read. */
export interface ConfigFile extends ConfigObject {
  /** Where the file has the application itself, and not its name. */
  readonly application: ApplicationLike | undefined
  readonly middleware: readonly Middleware[]
}

/**
 * A configuration as it stands: for an editor to know its options.
 *
 * ```ts
 * export default defineConfig({ application: 'shop.wsgi:application', workers: 4, middleware: [compress()] })
 * ```
 */
export const defineConfig = (config: Config): Config => config

/** Reads the configuration file of `directory`, if it has one. Rejects with a GantryError when it cannot be used. */
export async function readConfigFile(directory: string): Promise<ConfigFile | undefined> {
  const found = configFilesIn(directory)
  const [name, other] = found
  if (name === undefined) return undefined
  if (other !== undefined) throw new GantryError('GANTRY_CONFIG_AMBIGUOUS', { names: found, directory })
  return configFile(name, (await importModule(join(directory, name)))['default'])
}

function configFile(source: string, exported: unknown): ConfigFile {
  if (!isObject(exported))
    throw new GantryError('GANTRY_CONFIG_BAD', {
      source: basename(source),
      expected: 'an object as its default export, such as export default { application: ... }',
    })
  const { application, middleware = [], ...options } = exported
  if (!isMiddlewareList(middleware))
    throw new GantryError('GANTRY_CONFIG_BAD', {
      source,
      expected: 'middleware as a list of functions, such as [requestId(), compress()]',
    })
  if (application === undefined) return { source, options, application, middleware }
  if (typeof application === 'string')
    return { source, options: { ...options, application }, application: undefined, middleware }
  const own = checkedApplication(application, `option application in ${source}`)
  return { source, options, application: own, middleware }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isMiddlewareList = (value: unknown): value is readonly Middleware[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'function')
