// Every option has a test of what it does. Here is looked whether the table of them is whole and true.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { nameInCode, nameInData } from '../../src/config/config-object.ts'
import { type NamedOption, OPTION_LIST } from '../../src/config/options.ts'
import { type Effect, OPTION_EFFECTS } from './option-effects.ts'

const pathOf = ({ file }: Effect): string => fileURLToPath(new URL(`../${file}`, import.meta.url))

/** All its names but those that are words of everyday language. */
function waysToSay({ name, flag, variable, option }: NamedOption): readonly RegExp[] {
  const words = [flag, variable, option.short, ...(option.aliases ?? [])].filter((word) => word !== undefined)
  return [
    ...words.map((word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`)),
    new RegExp(`\\b${nameInCode(name)}: `),
    new RegExp(`^\\[?${nameInData(name)}( = |\\])`, 'm'),
  ]
}

/** The call that registers a test of that name: `test('…'`, or `](\\n '…'` behind a table or a condition. */
const registers = (source: string, name: string): boolean =>
  ["'", '"', '`'].some((quote) => {
    const at = source.indexOf(`${quote}${name}${quote}`)
    return (
      at !== -1 &&
      /(\b(test|it)|\))\(\s*$/.test(source.slice(0, at)) &&
      /^,\s*(async )?\(/.test(source.slice(at + name.length + 2))
    )
  })

test('the table has a row for every option, and for nothing else', () => {
  expect(Object.keys(OPTION_EFFECTS)).toEqual(OPTION_LIST.map(({ name }) => name))
})

describe.each(OPTION_LIST)('the effect of $name', (named) => {
  const effect = OPTION_EFFECTS[named.name]

  test('is proven by a test that there is', () => {
    expect([effect.file, existsSync(pathOf(effect))]).toEqual([effect.file, true])
    expect([effect, registers(readFileSync(pathOf(effect), 'utf8'), effect.test)]).toEqual([effect, true])
  })

  test('is proven where the option is set', () => {
    const source = readFileSync(pathOf(effect), 'utf8')
    // The first argument of the command, and nothing that has a name.
    const ways = named.option.kind === 'argument' ? [/answerOf\(\[application\]/] : waysToSay(named)
    expect([effect.file, ways.some((way) => way.test(source))]).toEqual([effect.file, true])
  })
})
