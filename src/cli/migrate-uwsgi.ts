// An INI file of uWSGI, read and translated. Nothing of it is run.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Place } from '../config/option.ts'
import { GantryError } from '../errors.ts'
import type { Migrated } from '../migration/migration.ts'
import { readIni } from '../migration/uwsgi/ini-file.ts'
import { translateUwsgi } from '../migration/uwsgi/translate.ts'

/** Throws a GantryError for a file that cannot be read as INI. */
export function migrateUwsgi(words: readonly string[], place: Place): Migrated {
  const [word, second] = words
  if (word === undefined || second !== undefined) throw bad('it takes one INI file, such as uwsgi.ini')
  // `file.ini:section`, as uWSGI has it.
  const [, name = '', section = 'uwsgi'] = /^(.+?)(?::([^:/]+))?$/.exec(word) ?? []
  if (/\.(ya?ml|xml|json)$/.test(name)) throw bad(`${name}: only INI files are read, no YAML, XML or JSON`)
  const path = resolve(place.startDirectory, name)
  const file = readIni(textOf(path), section)
  if (!file.hasSection) throw bad(`${name} has no section [${section}]`)
  return { title: `Made by gantry migrate uwsgi of ${word}.`, migration: translateUwsgi(file, path, place) }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw bad(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const bad = (problem: string): GantryError =>
  new GantryError('GANTRY_COMMAND_BAD', { command: 'migrate uwsgi', problem })
