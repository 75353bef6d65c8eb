import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyOf } from '../../src/config/config-object.ts'
import { textOf } from '../../src/config/option.ts'
import { type NamedOption, OPTION_LIST } from '../../src/config/options.ts'
import { resolve, type Settings } from '../../src/config/resolve.ts'

const place = { startDirectory: '/srv', temporaryDirectory: '/var/tmp' }

/** Texts that every kind of value takes, tried in turn: what an option takes is asked of the option itself. */
const TEXTS = [
  '/a',
  'on',
  '1',
  '2',
  '70',
  '5s',
  '90s',
  '64KiB',
  ':80',
  ':81',
  'unix',
  '10.0.0.0/8',
  'A=1',
  'B=2',
  'X_A',
  'X_B',
  'info',
  'text',
  'combined',
]
const KEYED = ['/a=b', '/c=d', '/a request-timeout=5s', '/b priority=high']

const isTaken = ({ option }: NamedOption, text: string): boolean => option.type.parse(text, place).ok
const textsOf = (named: NamedOption): readonly string[] =>
  [...TEXTS, ...KEYED].filter((text) => isTaken(named, text))

const named = fc.constantFrom(
  ...OPTION_LIST.filter(
    ({ flag, option }) =>
      flag !== undefined && option.isNotInFiles !== true && option.type.table?.settings === undefined,
  ),
)
const spelling = fc.constantFrom('code', 'data')

/** Where an option is said: by each source or not, with a value of its own. */
const said = named.chain((each) => {
  const { option } = each
  // In a variable, which holds several values, the separator stands between two.
  const texts = textsOf(each).filter((one) => option.kind !== 'repeatable' || !one.includes(option.separator))
  const text = fc.option(fc.constantFrom(...texts), { nil: undefined })
  const isDevelopment = fc.boolean()
  return fc.record({
    named: fc.constant(each),
    flag: text,
    variable: text,
    file: text,
    spelling,
    isDevelopment,
  })
})

function settingsOf(
  argv: readonly string[],
  env: Record<string, string>,
  file: Parameters<typeof resolve>[0]['file'],
): Settings {
  const resolution = resolve({ argv, env, file, place })
  if (resolution.kind !== 'settings') throw new Error(JSON.stringify(resolution))
  return resolution.settings
}

describe('every option', () => {
  test.each(OPTION_LIST)('$name takes one of the texts of this test', (each) => {
    expect(textsOf(each)).not.toEqual([])
  })

  test('has the value and the origin of the first that says anything: flag, variable, file, default', () => {
    fc.assert(
      fc.property(said, ({ named: each, spelling: spelled, isDevelopment, ...texts }) => {
        const { name, flag, variable, option } = each
        const inDevelopment = isDevelopment ? option.inDevelopment : undefined
        const isList = option.kind === 'repeatable'
        const key = keyOf(name, spelled)
        const development = isDevelopment ? ['--development'] : []
        const argv = [...development, 'app', ...(texts.flag === undefined ? [] : [`${flag}=${texts.flag}`])]
        const env = texts.variable === undefined ? {} : { [variable]: texts.variable }
        const options = texts.file === undefined ? {} : { [key]: isList ? [texts.file] : texts.file }
        // What no flag could be refused for alone is refused together with another option.
        const trusted = name === 'proxyProtocol' ? ['--trusted-proxies', 'unix'] : []
        const settings = settingsOf([...argv, ...trusted], env, {
          source: 'file',
          options,
          spelling: spelled,
        })

        const text = texts.flag ?? texts.variable ?? texts.file ?? inDevelopment
        const origin =
          texts.flag !== undefined
            ? `flag ${flag}`
            : texts.variable !== undefined
              ? `variable ${variable}`
              : texts.file !== undefined
                ? `option ${key} in file`
                : inDevelopment === undefined
                  ? 'default'
                  : 'default of gantry dev'
        expect(settings.origins[name]).toBe(origin)
        const value = text === undefined ? undefined : option.type.parse(text, place)
        if (value?.ok === true) expect(settings[name]).toEqual(isList ? [value.value] : value.value)
        else expect(settings[name]).toEqual(settingsOf(['app', ...trusted], {}, undefined)[name])
      }),
      { numRuns: 500 },
    )
  })

  test('is written as a text that is read as the same value', () => {
    for (const each of OPTION_LIST) {
      for (const text of textsOf(each)) {
        const read = each.option.type.parse(text, place)
        const value = read.ok ? read.value : undefined
        expect([each.name, each.option.type.parse(textOf(each.option.type, value), place)]).toEqual([
          each.name,
          { ok: true, value },
        ])
      }
    }
  })
})

describe('gantry dev', () => {
  const settings = settingsOf(['--development', 'app'], {}, undefined)

  test('has an access log on standard output, checks, reloads and runs one process of each kind', () => {
    const target = { kind: 'stdout' }
    expect(settings).toMatchObject({ accessLog: target, lint: true, reload: true, fronts: 1 })
    expect(settings.workers).toEqual({ min: 1, max: 1 })
  })

  test('changes nothing else', () => {
    const plain = settingsOf(['app'], {}, undefined)
    const changed = OPTION_LIST.filter(({ name }) => settings.origins[name] !== plain.origins[name])
    expect(changed.map(({ name }) => name).sort()).toEqual([
      'accessLog',
      'fronts',
      'lint',
      'reload',
      'workers',
    ])
    for (const { name } of changed) expect(settings.origins[name]).toBe('default of gantry dev')
  })

  test('does as it is told all the same, and as the platform says', () => {
    const argv = ['--development', 'app', '--lint=off', '--workers', '3']
    expect(settingsOf(argv, { GANTRY_RELOAD: 'off' }, undefined)).toMatchObject({
      lint: false,
      reload: false,
      workers: { max: 3 },
    })
    const { origins } = settingsOf(['--development', 'app'], { WEB_CONCURRENCY: '3' }, undefined)
    expect(origins.workers).toBe('variable WEB_CONCURRENCY')
  })
})

describe('what platforms set', () => {
  const env = { PORT: '5000', WEB_CONCURRENCY: '3' }

  test('counts where nobody else says anything: every interface at PORT, WEB_CONCURRENCY workers', () => {
    const settings = settingsOf(['app'], env, undefined)
    expect(settings).toMatchObject({
      bind: [{ kind: 'tcp', host: '', port: 5000 }],
      workers: { min: 3, max: 3 },
    })
    expect(settings.origins).toMatchObject({ bind: 'variable PORT', workers: 'variable WEB_CONCURRENCY' })
  })

  test.each([
    ['a flag', ['--bind', ':1', '--workers', '2'], {}, {}],
    ['a variable', [], { GANTRY_BIND: ':1', GANTRY_WORKERS: '2' }, {}],
    ['a file', [], {}, { bind: ':1', workers: 2 }],
  ])('gives way to %s', (_, argv, variables, options) => {
    const settings = settingsOf(['app', ...argv], { ...env, ...variables }, { source: 'file', options })
    expect(settings).toMatchObject({ bind: [{ port: 1 }], workers: { min: 2, max: 2 } })
  })

  test('says nothing where it is empty, and is refused where it is no number', () => {
    expect(settingsOf(['app'], { PORT: '', WEB_CONCURRENCY: '' }, undefined).origins).toMatchObject({
      bind: 'default',
      workers: 'default',
    })
    const resolution = resolve({ argv: ['app'], env: { PORT: 'http', WEB_CONCURRENCY: 'many' }, place })
    const problems = resolution.kind === 'problems' ? resolution.problems.map(({ message }) => message) : []
    expect(problems).toEqual([
      expect.stringContaining('variable PORT: expected a port, such as 8000, got "http"'),
      expect.stringContaining('variable WEB_CONCURRENCY: expected a whole number'),
    ])
  })
})
