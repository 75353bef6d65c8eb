// Where the configuration file of a directory is; what it says is config-file.ts's.

import { existsSync } from 'node:fs'
import { join } from 'node:path'

const NAMES = ['ts', 'mts', 'js', 'mjs', 'cjs'].map((extension) => `gantry.config.${extension}`)

/** The names of those that `directory` has: none, one, or more than can count. */
export const configFilesIn = (directory: string): readonly string[] =>
  NAMES.filter((name) => existsSync(join(directory, name)))
