// What the JSON Schema accepts is what the loader accepts: asked of both, for every option and every kind of value.
import Ajv from 'ajv'
import fc from 'fast-check'
import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { nameInData } from '../../src/config/config-object.ts'
import { configSchema } from '../../src/config/json-schema.ts'
import type { Option } from '../../src/config/option.ts'
import { OPTION_LIST } from '../../src/config/options.ts'
import { MOUNT_SETTINGS } from '../../src/config/options/mounts.ts'
import { ROUTE_SETTINGS } from '../../src/config/options/routes.ts'
import { resolve } from '../../src/config/resolve.ts'
import { readToml } from '../../src/config/toml-document.ts'

type Options = Readonly<Record<string, unknown>>

const place = { startDirectory: '/srv', temporaryDirectory: '/var/tmp' }
const isValid = new Ajv().compile(configSchema())
const validate = new Ajv({ allErrors: true }).compile(configSchema())
const IN_FILES = OPTION_LIST.filter(({ option }) => option.isNotInFiles !== true)

/** What is wrong with the values alone; rules between them are no matter of a schema. */
function problemsOf(options: Options): readonly string[] {
  const argv = 'application' in options ? [] : ['shop']
  const file = { source: 'gantry.toml', spelling: 'data' as const, options }
  const resolution = resolve({ argv, env: {}, file, place })
  const codes = ['GANTRY_OPTION_VALUE_BAD', 'GANTRY_OPTION_UNKNOWN', 'GANTRY_OPTION_NOT_HERE']
  if (resolution.kind !== 'problems') return []
  return resolution.problems.filter(({ code }) => codes.includes(code)).map(({ message }) => message)
}

const verdicts = (options: Options): { readonly loader: boolean; readonly schema: boolean } => ({
  loader: problemsOf(options).length === 0,
  schema: isValid(options) === true,
})

const TEXTS = [
  ...[
    '',
    ' ',
    'x',
    'a\0b',
    'a,b',
    '/a/b',
    'shop.wsgi:app',
    'm:f(a=1, b=2)',
    '-',
    '/',
    '/x',
    '/x/',
    '//',
    '/a b',
  ],
  ...[
    '/..',
    '/a/../b',
    '/%zz',
    '/%20',
    '/ä',
    '/a?b',
    '/a#b',
    'A=1',
    '=1',
    'A',
    'A=B=C',
    'x-y',
    'x_y',
    'X_Y ',
    '_',
  ],
  ...[
    'on',
    'off',
    'true',
    'no',
    'ON',
    'maybe',
    '1',
    '01',
    '4',
    '+4',
    '4.0',
    '1e3',
    '-1',
    '2:4',
    '2:',
    '1000000',
  ],
  ...[
    '0ms',
    '1ms',
    '5s',
    '1.5s',
    '30',
    '5 s',
    '5S',
    '2m',
    '1h',
    '1d',
    '1B',
    '64K',
    '64kB',
    '10MB',
    '1GiB',
    '1 GiB',
  ],
  ...[
    'debug',
    'info',
    'Info',
    'text',
    'json',
    'high',
    'normal',
    'stdout',
    'stderr',
    'gantry',
    'common',
    'combined',
  ],
  ...[
    'syslog',
    'syslog:',
    'syslogd',
    'syslog:udp://host:514',
    'syslog:tcp://[::1]',
    'syslog:ftp://host',
    'syslog:x',
  ],
  ...[
    '%(h)s',
    '%(h)s %(r)s 100%%',
    '%(zz)s',
    '%(h)d',
    '100%',
    '%({referer}i)s',
    '%({X}o)s "%(D)s"',
    '%(h)s\n',
    '%%',
  ],
  ...[
    ':80',
    ':0',
    '[::1]:80',
    '::1:80',
    'localhost:80',
    '127.0.0.1:80',
    'localhost',
    'http://:80',
    'ftp://:80',
  ],
  ...[
    'unix:/run/x',
    'unix:',
    'fcgi://:9000',
    'fcgi+unix:run/x',
    'scgi+fd:0',
    'fd:3',
    'fd:',
    'fcgi+:80',
    'http://unix:/x',
  ],
  ...[
    'unix',
    '*',
    '10.0.0.0/8',
    '10.0.0.1',
    '::1',
    'fd00::/8',
    '10.0.0.0/',
    'fe80::1%eth0',
    'api.example.org',
  ],
  ...[
    '*.example.org/v2',
    'ex ample.org',
    'a..b',
    'www-data',
    'user$',
    '$user',
    '-user',
    '1000',
    '027',
    '0o27',
    '8',
    '0027',
  ],
  ...[
    '/api=api:app',
    '/api=',
    '=app',
    '/x workers=2',
    '/x  priority=low',
    '/x priority=',
    '/x prio=low',
    '/x request-timeout=5s',
  ],
  ...[
    '0s',
    '0.0001s',
    '50ms',
    '999999h',
    '9999999',
    '9007199254740993',
    '64KiB',
    '2TiB',
    '9999999999999TiB',
    '2000',
  ],
  ...[
    '4:2',
    '1:9999',
    ':70000',
    '10.0.0.300:80',
    '[::zz]:80',
    '[1:2]:80',
    'fd:70000',
    `unix:/${'x'.repeat(110)}`,
    '10.0.0.300',
    '1:2',
  ],
  ...[
    '10.0.0.0/99',
    '/%ff',
    'x_forwarded_for',
    'syslog:/dev/log?facility=nobody',
    '%({wsgi.input}e)s',
    '%({a b}i)s',
  ],
  ...['/x workers=many', '/x request-timeout=5', 'a b=c', '0', '../x=y'],
  ...['none', 'printable value', ' blank', 'blank ', 'tab\tx', 'ümlaut'],
]
const OTHERS = [
  ...[0, 1, 4, 64, 1000, 1024, 1025, 65_536, 1_048_577, 1e9, 1e10, -1, 2.5, 0.5, 1e21, 9_007_199_254_740_992],
  ...[
    true,
    false,
    null,
    [],
    {},
    [[]],
    [{}],
    [1],
    [true],
    [null],
    ['x', 1],
    { x: {} },
    { x: null },
    { x: true },
  ],
  ...[
    { A: 1 },
    { A: 1.5 },
    { A: '1', 'B=C': '2' },
    { A: ['1'] },
    { '': 'x' },
    { A: 'a\0' },
    { A: { B: '1' } },
  ],
]

/** One option of each kind: what its values may be, and whether there may be several. */
function oneOfEach(options: Readonly<Record<string, Option<unknown>>>): readonly string[] {
  const kinds = Object.entries(options).map(([name, { kind, type }]) => {
    const { schema, takesNumbers, table } = type
    return [JSON.stringify([kind === 'repeatable', schema, takesNumbers, table]), nameInData(name)] as const
  })
  return [...new Map(kinds).values()]
}

describe('every option', () => {
  const scalarsAndOthers: readonly unknown[] = [...TEXTS, ...OTHERS]
  const lists: readonly unknown[] = TEXTS.map((text) => [text])

  test('takes in a file what the schema says, but for some texts (-u writes the golden file anew)', async () => {
    const wholes = Object.fromEntries(IN_FILES.map(({ name, option }) => [name, option]))
    const compared = [
      ...oneOfEach(wholes).map((name) => compare(name, (value) => ({ [name]: value }))),
      ...oneOfEach(MOUNT_SETTINGS).map((name) =>
        compare(`mounts."/x".${name}`, (value) => ({ mounts: { '/x': { [name]: value } } })),
      ),
      ...oneOfEach(ROUTE_SETTINGS).map((name) =>
        compare(`routes."/x".${name}`, (value) => ({ routes: { '/x': { [name]: value } } })),
      ),
    ]
    expect(compared.flatMap(({ surprises }) => surprises)).toEqual([])
    const lines = compared
      .filter(({ left }) => left.length > 0)
      .map(({ name, left }) => `${name}: ${left.join(' ')}`)
    const title = 'Texts that only the loader refuses: ranges, and what no pattern can say.'
    await expect(`${[title, ...lines].join('\n\n')}\n`).toMatchFileSnapshot('left-to-the-loader.txt')
  })

  /** The texts that only the loader refuses, and all else about which the two do not agree. */
  function compare(
    name: string,
    optionsOf: (value: unknown) => Options,
  ): { readonly name: string; readonly left: readonly string[]; readonly surprises: readonly Options[] } {
    const left = new Set<string>()
    const surprises: Options[] = []
    // Where no list is taken, those among the others say so.
    const given = isValid(optionsOf([])) === true ? [...scalarsAndOthers, ...lists] : scalarsAndOthers
    for (const value of given) {
      const { loader, schema } = verdicts(optionsOf(value))
      const text: unknown = Array.isArray(value) ? value[0] : value
      if (schema && !loader && typeof text === 'string') left.add(JSON.stringify(text))
      else if (schema !== loader) surprises.push(optionsOf(value))
    }
    return { name, left: [...left], surprises }
  }

  test('has a default that a file could say', () => {
    const { properties } = configSchema() as { properties: Record<string, { default?: unknown }> }
    for (const [name, schema] of Object.entries(properties)) {
      if ('default' in schema) expect([name, verdicts({ [name]: schema.default })]).toEqual([name, BOTH])
    }
  })

  test('says what it does, and its default', () => {
    const { properties } = configSchema() as { properties: Record<string, { description: string }> }
    for (const { name, option } of IN_FILES)
      expect(properties[nameInData(name)]?.description.startsWith(option.help)).toBe(true)
    expect(properties['request-timeout']?.description).toMatch(/ Default: 30s\.$/)
    expect(properties['workers']?.description).toMatch(
      / Default: as many as the CPUs .*\. Default of gantry dev: 1\.$/,
    )
  })
})

const BOTH = { loader: true, schema: true }
const NEITHER = { loader: false, schema: false }

const pieces = fc.oneof(
  fc.stringMatching(/^[0-9aZ_./:%=*[\]() ,+{}$#?\0\n-]$/),
  fc.constantFrom('unix:', 'http://', '%20', '%(h)s', 'KiB'),
)
const texts = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.array(pieces, { maxLength: 8 }).map((all) => all.join('')),
  fc.constantFrom(...TEXTS),
)
const scalars = fc.oneof(texts, fc.integer(), fc.double(), fc.boolean(), fc.constant(null))
const settingNames = fc.constantFrom(
  'workers',
  'env',
  'application',
  'request-timeout',
  'priority',
  'bind',
  'x',
)
const tables = fc.dictionary(
  fc.oneof(texts, fc.constantFrom('/a', '/b', 'example.org')),
  fc.oneof(scalars, fc.dictionary(settingNames, scalars, { maxKeys: 2 })),
  { maxKeys: 2 },
)

describe('the schema', () => {
  test('takes whatever the loader takes', () => {
    const value = fc.oneof(scalars, fc.array(scalars, { maxLength: 2 }), tables)
    fc.assert(
      fc.property(fc.constantFrom(...IN_FILES), value, ({ name }, given) => {
        const { loader, schema } = verdicts({ [nameInData(name)]: given })
        expect(schema || !loader).toBe(true)
      }),
      { numRuns: 1500 },
    )
  })

  test.each([
    { workerz: 2 },
    { config: 'other.toml' },
    { max_body_bytes: 1 },
    { requestTimeout: '5s' },
    { __proto: 1 },
    { routes: { '/x': { 'request-timeot': '5s' } } },
    { routes: { '/x': { workers: 2 } } },
    { routes: { '/x': '5s' } },
    { routes: { x: { priority: 'low' } } },
    { mounts: { '/x': { application: 'x:y', bind: ':80' } } },
    { mounts: { '/x/': 'x:y' } },
    { mounts: { '/x=y': 'x:y' } },
    { mounts: { '/x y': 'x:y' } },
    { mounts: { '/x': {} } },
    { mounts: { '/x': { mounts: {} } } },
    { env: { 'A=B': '1' } },
  ])('refuses what the loader refuses: %j', (options) => {
    expect(verdicts(options)).toEqual(NEITHER)
  })

  test.each([
    { application: 'shop', workers: '2:4', 'request-timeout': '1m', preload: 'on', user: 1000, group: 'www' },
    {
      mounts: { '/x': 'x:create(a=1, b=2)', 'example.org': { application: 'y', env: { A: 1 }, lint: true } },
    },
    { mounts: ['/x=x:y', '/x workers=2'], routes: '/x request-timeout=5s' },
    { routes: { '/': { priority: 'low' }, '/a=b': { 'max-body-bytes': 5, 'stream-requests': true } } },
    { mounts: {}, routes: [], env: { A: '', B: 1.5 } },
  ])('takes what the loader takes: %j', (options) => {
    expect(verdicts(options)).toEqual(BOTH)
  })
})

function tomlOf(text: string): Options {
  const read = readToml(text)
  if (!read.ok) throw new Error(`${read.fault.reason} in ${text}`)
  return read.document.value as Options
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const blocksOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/```toml\n(.*?)```/gs)].map(([, text = '']) => text)

describe('configurations of these tests and of the guide', () => {
  const migrated = readdirSync(new URL('../migration/golden/', import.meta.url)).filter((name) =>
    name.endsWith('.toml'),
  )
  const proposed = read('../init/golden/gantry.toml').replace(/^# ([a-z-]+ = )(?!.*create_app)/gm, '$1')

  test.each([
    ...migrated.map((name) => [name, read(`../migration/golden/${name}`)]),
    ['gantry init', proposed],
    ...blocksOf('../../docs/guide/configuration.md').map((text, index) => [`block ${index + 1}`, text]),
  ])('%s is valid', (_, text) => {
    expect(verdicts(tomlOf(text))).toEqual(BOTH)
  })

  const [, ...sections] = read('../server/config-problems.txt').split(/^### /m)
  const wrong = sections.filter((section) =>
    /^(unknown names|values of the wrong|wrong mounts)/.test(section),
  )

  test.each(wrong)('what is wrong is wrong to the schema in the same places: %s', (section) => {
    const [, text = '', messages = ''] = /^--- gantry\.toml\n(.*)^\$ .*?\n(.*)/ms.exec(section) ?? []
    const named = [...messages.matchAll(/option ([\w-]+)\S* in gantry\.toml:/g)].map(([, name]) => name)
    validate(tomlOf(text))
    const refused = (validate.errors ?? []).map(({ dataPath, params }) => {
      const [, first = 'additionalProperty' in params ? params.additionalProperty : ''] =
        /^(?:\.|\[')([\w-]+)/.exec(dataPath) ?? []
      return first
    })
    expect([...new Set(refused)].sort()).toEqual([...new Set(named)].sort())
  })
})
