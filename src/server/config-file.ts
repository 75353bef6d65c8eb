// What a configuration file says. One that is code has as its default export options by their names in code, the application, and the
// middleware in front of it; one that is data, TOML or JSON, has options by the names of their flags.

import { readFileSync } from 'node:fs'
import type { ConfigDocument } from '../config/config-document.ts'
import type { ConfigObject, ConfigOptions } from '../config/config-object.ts'
import { PYPROJECT_TABLE, gantryTable } from '../config/pyproject.ts'
import { GantryError } from '../errors.ts'
import type { Middleware } from '../wsgi/application.ts'
import type { ApplicationLike } from '../wsgi/as-application.ts'
import type { ConfigFileKind, FoundConfigFile } from './config-files.ts'
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

/** Reads a configuration file. Rejects with a GantryError when it cannot be used. */
export async function readConfigFile(found: FoundConfigFile): Promise<ConfigFile> {
  // Of a file of the directory it is known that it is there; of one that was named it is not, and an import says less clearly so.
  const text = textOf(found)
  if (found.kind !== 'code') return dataFile(found, text)
  return codeFile(found.source, (await importModule(found.path))['default'])
}

function textOf({ path, source, origin }: FoundConfigFile): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/, \w+ '.*'$/, '') : String(error)
    throw new GantryError('GANTRY_CONFIG_MISSING', { origin, path: source, reason })
  }
}

async function dataFile({ source, kind }: FoundConfigFile, text: string): Promise<ConfigFile> {
  const document = await readDocument(source, kind, text)
  const { value } = document
  const path = kind === 'pyproject' ? PYPROJECT_TABLE : []
  const options = kind === 'pyproject' ? gantryTable(value) : value
  if (!isTable(options))
    throw new GantryError('GANTRY_CONFIG_BAD', {
      source,
      expected: kind === 'pyproject' ? 'a table [tool.gantry]' : 'an object with the names of options',
    })
  return {
    source,
    spelling: 'data',
    options: withoutSchema(options),
    placeOf: (keys) => `${source}:${document.lineOf([...path, ...keys])}`,
    application: undefined,
    middleware: [],
  }
}

async function readDocument(source: string, kind: ConfigFileKind, text: string): Promise<ConfigDocument> {
  // Each is loaded where there is such a file only.
  const read =
    kind === 'json'
      ? (await import('../config/json-document.ts')).readJson(text)
      : (await import('../config/toml-document.ts')).readToml(text)
  if (read.ok) return read.document
  const { line, column, reason } = read.fault
  const details = { place: `${source}:${line}:${column}`, kind: kind === 'json' ? 'JSON' : 'TOML', reason }
  throw new GantryError('GANTRY_CONFIG_SYNTAX', details)
}

/** Where a file says which schema an editor is to use it is for the editor. */
function withoutSchema({
  $schema,
  ...options
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return typeof $schema === 'string' || $schema === undefined ? options : { $schema, ...options }
}

function codeFile(source: string, exported: unknown): ConfigFile {
  if (!isTable(exported))
    throw new GantryError('GANTRY_CONFIG_BAD', {
      source,
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

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isMiddlewareList = (value: unknown): value is readonly Middleware[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'function')
