import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { flagOf, variableOf } from '../../src/config/option.ts'
import { OPTION_LIST } from '../../src/config/options.ts'
import { stalePages } from '../../scripts/write-reference.ts'

describe('names', () => {
  test.each([
    ['maxBodyBytes', '--max-body-bytes', 'GANTRY_MAX_BODY_BYTES'],
    ['bind', '--bind', 'GANTRY_BIND'],
    ['headTimeoutMs', '--head-timeout', 'GANTRY_HEAD_TIMEOUT'],
  ])('of %s are %s and %s: the unit stays out where the value carries its own', (name, flag, variable) => {
    expect(flagOf(name)).toBe(flag)
    expect(variableOf(name)).toBe(variable)
  })
})

describe('the table of options', () => {
  test('gives no two options the same flag, short flag or variable', () => {
    const names = OPTION_LIST.flatMap(({ flag, variable, option }) => [
      flag,
      variable,
      option.short,
      ...(option.aliases ?? []),
    ])
    const given = names.filter((name) => name !== undefined)
    expect(new Set(given).size).toBe(given.length)
  })

  test.each(OPTION_LIST)('$name says what it does in whole sentences and since when', ({ option }) => {
    expect(option.help).toMatch(/^[A-Z].*\.$/)
    expect(option.since).toMatch(/^\d+\.\d+\.\d+$/)
  })

  test.each(OPTION_LIST.filter(({ option }) => ['Limits', 'Times'].includes(option.group)))(
    '$name says what happens at the limit',
    ({ option }) => {
      expect(option.help).toMatch(/answered|closed|killed|cut off|reset|not read/)
    },
  )
})

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url))

/** All of src but what describes options, or names those of other servers. */
function readers(): string {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  return files
    .filter((file) => file.endsWith('.ts') && !/^(config\/(options|gunicorn)|migration)\//.test(file))
    .map((file) => readFileSync(join(SOURCES, file), 'utf8'))
    .join('\n')
}

describe('every option', () => {
  const text = readers()

  test.each(OPTION_LIST)('$name is read somewhere', ({ name }) => {
    // A list of names, or a comment, is no use of one.
    expect(text).toMatch(new RegExp(`(\\.|[{,] *|^ +)${name}\\b[^'\\n]*`, 'm'))
  })
})

describe('the reference pages', () => {
  test('say what the tables say (npm run reference)', () => {
    expect(stalePages()).toEqual([])
  })
})
