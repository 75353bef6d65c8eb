// The guides for who comes from uWSGI and mod_wsgi name what `gantry migrate uwsgi` knows, and only options that there are.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { flagOf } from '../../src/config/option.ts'
import { OPTIONS, type OptionName } from '../../src/config/options.ts'
import { PLAIN_OPTIONS } from '../../src/migration/uwsgi/plain-options.ts'
import { SPECIAL_OPTIONS } from '../../src/migration/uwsgi/special-options.ts'
import { REPOSITORY } from '../harness/gantry-process.ts'

const pageOf = (name: string): string => readFileSync(`${REPOSITORY}docs/guide/${name}.md`, 'utf8')
const UWSGI = pageOf('from-uwsgi')
const FLAGS = new Set((Object.keys(OPTIONS) as OptionName[]).map((name) => flagOf(name)))
// Of commands, and of programs other than the server.
const OTHER_FLAGS = ['--check', '--config', '--ini', '--json', '--now']

describe('from-uwsgi.md', () => {
  const firstNames = PLAIN_OPTIONS.map(({ names, option }) => ({ name: names.split(' ')[0]!, option }))

  test('names every kind of option that migrate knows', () => {
    const names = [...firstNames.map(({ name }) => name), ...SPECIAL_OPTIONS.keys()]
    expect(names.filter((name) => !UWSGI.includes(`\`${name}\``))).toEqual([])
  })

  test.each(firstNames.filter(({ option }) => option !== undefined))(
    'says of $name what migrate makes of it',
    ({ name, option }) => {
      const rows = UWSGI.split('\n').filter((line) => line.split('|')[1]?.includes(`\`${name}\``))
      expect(rows.some((row) => row.includes(flagOf(option!)))).toBe(true)
    },
  )
})

test.each(['from-uwsgi', 'from-mod-wsgi'])('%s.md names no option that there is not', (page) => {
  const named = [...pageOf(page).matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([flag]) => flag)
  expect(named.filter((flag) => !FLAGS.has(flag) && !OTHER_FLAGS.includes(flag))).toEqual([])
})
