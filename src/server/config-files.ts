// Which file holds the configuration: the one that was named, or the one that the directory has. What it says is config-file.ts's.

import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ChosenFile } from '../config/chosen-file.ts'
import { GantryError } from '../errors.ts'

/** `code` is run, the others are data. */
export type ConfigFileKind = 'code' | 'toml' | 'pyproject' | 'json'

export interface FoundConfigFile {
  /** How messages name it. */
  readonly source: string
  /** Who named it. */
  readonly origin: string
  readonly path: string
  readonly kind: ConfigFileKind
}

const CODE_EXTENSIONS = ['ts', 'mts', 'js', 'mjs', 'cjs']
const NAMES = [
  'gantry.toml',
  ...[...CODE_EXTENSIONS, 'json'].map((extension) => `gantry.config.${extension}`),
]
const PYPROJECT = 'pyproject.toml'

/** Undefined where there is none, and none was asked for. Rejects with a GantryError where there are several, or one of no such kind. */
export async function findConfigFile(
  { file, origin }: ChosenFile,
  directory: string,
): Promise<FoundConfigFile | undefined> {
  if (file === 'none') return undefined
  if (file === undefined) return await configFileIn(directory)
  const kind = kindOf(file)
  if (kind === undefined) throw new GantryError('GANTRY_CONFIG_KIND', { origin, path: file })
  return { source: file, origin, path: resolve(directory, file), kind }
}

async function configFileIn(directory: string): Promise<FoundConfigFile | undefined> {
  const found = NAMES.filter((name) => existsSync(join(directory, name)))
  const names = (await isInPyproject(directory)) ? [...found, PYPROJECT] : found
  const [name, other] = names
  if (name === undefined) return undefined
  if (other !== undefined) throw new GantryError('GANTRY_CONFIG_AMBIGUOUS', { names, directory })
  return { source: name, origin: 'the working directory', path: join(directory, name), kind: kindOf(name)! }
}

function kindOf(file: string): ConfigFileKind | undefined {
  const name = file.slice(file.lastIndexOf('/') + 1)
  if (name === PYPROJECT) return 'pyproject'
  const extension = /\.(\w+)$/.exec(name)?.[1] ?? ''
  if (extension === 'toml' || extension === 'json') return extension
  return CODE_EXTENSIONS.includes(extension) ? 'code' : undefined
}

// Most projects have one, and few of them speak of Gantry in it: what reads TOML is not loaded for the others.
async function isInPyproject(directory: string): Promise<boolean> {
  const text = textOf(join(directory, PYPROJECT))
  if (text === undefined || !text.includes('gantry')) return false
  const { readToml } = await import('../config/toml-document.ts')
  const { gantryTable } = await import('../config/pyproject.ts')
  const read = readToml(text)
  // What cannot be read is said when it is read.
  return read.ok ? gantryTable(read.document.value) !== undefined : /^\s*\[+\s*tool\s*\.\s*gantry/m.test(text)
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
