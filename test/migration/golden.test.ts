// Configurations as people have them, written for these tests: what `gantry migrate` makes of each is in the file of the same name that ends
// with .toml or .sh. To see what a change does to them: npx vitest -u test/migration, and git diff.

import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readToml } from '../../src/config/toml-document.ts'
import { migrateGunicorn } from '../../src/cli/migrate-gunicorn.ts'
import { migrateUwsgi } from '../../src/cli/migrate-uwsgi.ts'
import { OPTIONS } from '../../src/config/options.ts'
import { resolve } from '../../src/config/resolve.ts'
import type { Migrated } from '../../src/migration/migration.ts'
import { migrationCommand, migrationToml } from '../../src/migration/render.ts'
import { shellWords } from '../../src/migration/shell-words.ts'

const GOLDEN = fileURLToPath(new URL('golden/', import.meta.url))
const FILES = readdirSync(GOLDEN)
const PLACE = { startDirectory: '/srv', temporaryDirectory: '/var/tmp' }

const startedIn = process.cwd()
beforeAll(() => process.chdir(GOLDEN))
afterAll(() => process.chdir(startedIn))

/** As users call it. */
async function migrate(file: string): Promise<Migrated> {
  if (file.endsWith('.ini')) return migrateUwsgi([file], { ...PLACE, startDirectory: GOLDEN })
  const words = file.endsWith('.py') ? [file] : [readFileSync(file, 'utf8')]
  return await migrateGunicorn(words, undefined, { ...PLACE, startDirectory: GOLDEN })
}

const inputs = FILES.filter((name) => /\.(command|conf\.py|ini)$/.test(name))

test('there are enough of them, of each kind', () => {
  expect(inputs.filter((name) => !name.endsWith('.ini')).length).toBeGreaterThanOrEqual(10)
  expect(inputs.filter((name) => name.endsWith('.ini')).length).toBeGreaterThanOrEqual(6)
})

describe.each(inputs)('%s', (file) => {
  const name = file.replace(/\.(command|conf\.py|ini)$/, '')

  test('becomes a file of Gantry', async () => {
    const { title, migration } = await migrate(file)
    await expect(migrationToml(title, migration)).toMatchFileSnapshot(`golden/${name}.toml`)
  })

  test('becomes a file that Gantry takes, with the values of its command line', async () => {
    const { title, migration } = await migrate(file)
    const read = readToml(migrationToml(title, migration))
    if (!read.ok) throw new Error(read.fault.reason)
    const options = read.document.value as Record<string, unknown>
    const named = { application: 'shop', ...options }
    const resolution = resolve({
      argv: [],
      env: {},
      file: { source: 'gantry.toml', options: named, spelling: 'data' },
      place: PLACE,
    })
    expect(resolution.kind === 'problems' ? resolution.problems.map(({ message }) => message) : []).toEqual(
      [],
    )
    const settings = resolution.kind === 'settings' ? resolution.settings : undefined
    for (const { option, texts } of migration.options) {
      expect(settings?.origins[option]).toMatch(/ in gantry\.toml$/)
      const given = texts.map((text) => OPTIONS[option].type.parse(text, PLACE))
      const values = given.map((each) => (each.ok ? each.value : undefined))
      // Mounts know besides where each of them stands.
      expect({ value: settings?.[option] }).toMatchObject({
        value: OPTIONS[option].kind === 'repeatable' ? values : values[0],
      })
    }
  })

  test('becomes a command line that Gantry takes, with the same values', async () => {
    const { title, migration } = await migrate(file)
    const text = migrationCommand(title, migration)
    const words = (shellWords(text) ?? []).filter(({ kind }) => kind === 'word').map((word) => word.text)
    expect(words.shift()).toBe('gantry')
    const named = migration.options.some(({ option }) => option === 'application')
    const resolution = resolve({ argv: named ? words : ['shop', ...words], env: {}, place: PLACE })
    expect(resolution.kind === 'problems' ? resolution.problems.map(({ message }) => message) : []).toEqual(
      [],
    )
    for (const { option } of migration.options)
      expect(resolution.kind === 'settings' && resolution.settings.origins[option]).toMatch(
        /^(flag|argument)/,
      )
  })
})
