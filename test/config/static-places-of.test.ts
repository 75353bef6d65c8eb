import { describe, expect, test } from 'vitest'
import type { ConfigObject } from '../../src/config/config-object.ts'
import { type Environment, resolve } from '../../src/config/resolve.ts'
import { type ConfiguredFiles, staticPlacesOf } from '../../src/config/static-places-of.ts'

const place = { startDirectory: '/srv/shop', temporaryDirectory: '/tmp' }

function resolved(
  argv: readonly string[],
  env: Environment = {},
  file?: ConfigObject,
): readonly ConfiguredFiles[] {
  const resolution = resolve({ argv: ['shop', ...argv], env, file, place })
  if (resolution.kind === 'settings') return staticPlacesOf(resolution.settings)
  throw new AggregateError(resolution.kind === 'problems' ? resolution.problems : [])
}

const codesOf = (...argv: readonly string[]): readonly unknown[] => {
  const resolution = resolve({ argv: ['shop', ...argv], env: {}, place })
  return resolution.kind === 'problems' ? resolution.problems.map(({ code }) => code) : []
}

const said = (places: readonly ConfiguredFiles[]): readonly unknown[] =>
  places.map(({ path, files, cacheControl, headers }) => [path, files, cacheControl, headers.length])

const EXPECTED = [
  ['/static', '/srv/shop/public', 'max-age=60', 0],
  ['/assets', '/srv/assets', 'max-age=31536000, immutable', 2],
  ['', '/srv/shop/root', 'no-cache', 0],
]

describe('static files', () => {
  test('are the same as flags, in a variable, in a file and in code', () => {
    const values = [
      ...['/static=public', '/assets=/srv/assets', '/=root'],
      ...['/assets immutable=on', '/assets headers=X-A=1', '/assets headers=X-B=2', '/ max-age=0s'],
    ]
    expect(said(resolved(values.flatMap((value) => ['--static', value])))).toEqual(EXPECTED)
    expect(said(resolved([], { GANTRY_STATIC: values.join(', ') }))).toEqual(EXPECTED)
    const object = (maxAge: string): ConfigObject['options'] => ({
      static: {
        '/static': 'public',
        '/assets': { files: '/srv/assets', immutable: true, headers: { 'X-A': '1', 'X-B': '2' } },
        '/': { files: 'root', [maxAge]: '0s' },
      },
    })
    expect(said(resolved([], {}, { source: 'serve()', options: object('maxAge') }))).toEqual(EXPECTED)
    const data = { source: 'gantry.toml', spelling: 'data', options: object('max-age') } as const
    expect(said(resolved([], {}, data))).toEqual(EXPECTED)
  })

  test.each([
    ['1500ms', undefined, 'max-age=1'],
    ['999ms', undefined, 'no-cache'],
    ['2h', 'on', 'max-age=7200, immutable'],
    ['87600h', undefined, 'max-age=315360000'],
  ])('that may be kept for %s, immutable %s, say %s', (maxAge, immutable, cacheControl) => {
    const more = immutable === undefined ? [] : ['--static', `/s immutable=${immutable}`]
    const [only] = resolved(['--static', '/s=public', '--static', `/s max-age=${maxAge}`, ...more])
    expect(only?.cacheControl).toBe(cacheControl)
  })

  test('are asked for each time under gantry dev, but for those that never change', () => {
    const values = ['/s=public', '/a=assets', '/a immutable=on', '/k=kept', '/k max-age=1m']
    const places = resolved(['--development', ...values.flatMap((value) => ['--static', value])])
    expect(places.map(({ cacheControl }) => cacheControl)).toEqual([
      'no-cache',
      'max-age=31536000, immutable',
      'max-age=60',
    ])
  })

  test('with what cannot be meant are refused', () => {
    expect(codesOf('--static', '/s=a', '--static', '/s=b')).toEqual(['GANTRY_SETTING_REPEATED'])
    expect(codesOf('--static', '/s=a', '--static', '/s max-age=1s', '--static', '/s max-age=2s')).toEqual([
      'GANTRY_SETTING_REPEATED',
    ])
    expect(codesOf('--static', '/s max-age=1s')).toEqual(['GANTRY_STATIC_WITHOUT_FILES'])
    for (const value of ['public', 's=public', '/s/=public', '/s', '/s=', '/s max-age=forever', '/s age=1s'])
      expect([value, codesOf('--static', value)]).toEqual([value, ['GANTRY_OPTION_VALUE_BAD']])
  })
})
