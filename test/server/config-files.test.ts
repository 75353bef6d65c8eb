import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { chosenFile } from '../../src/config/chosen-file.ts'
import { resolve } from '../../src/config/resolve.ts'
import { GantryError, renderError } from '../../src/errors.ts'
import { readConfigFile } from '../../src/server/config-file.ts'
import { findConfigFile } from '../../src/server/config-files.ts'

const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true })
})

function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'gantry-config-'))
  directories.push(directory)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return directory
}

async function read(
  files: Readonly<Record<string, string>>,
  argv: readonly string[] = [],
  env: Record<string, string> = {},
) {
  const directory = directoryWith(files)
  const found = await findConfigFile(chosenFile(argv, env), directory)
  const file = found && (await readConfigFile(found))
  const resolution = resolve({
    argv,
    env,
    file,
    place: { startDirectory: directory, temporaryDirectory: '/tmp' },
  })
  if (resolution.kind === 'problems') throw new AggregateError(resolution.problems)
  if (resolution.kind === 'request') throw new Error('no text was asked for')
  return resolution.settings
}

/** What a user reads, with the directory's own name left out. */
async function problemsOf(...given: Parameters<typeof read>): Promise<string> {
  const error = await read(...given).catch((thrown: unknown) => thrown)
  const errors = error instanceof AggregateError ? error.errors : [error]
  for (const each of errors)
    expect([each instanceof GantryError, (each as GantryError).exitStatus]).toEqual([true, 2])
  return renderError(error).replaceAll(directories.at(-1)!, '/srv/shop')
}

const TOML = 'application = "shop.wsgi"\nworkers = "2:4"\n\n[env]\nA = "1"\n'

describe('a configuration file', () => {
  test.each([
    ['gantry.toml', TOML, 'gantry.toml:2'],
    [
      'pyproject.toml',
      `[project]\nname = "shop"\n[tool.gantry]\n${TOML.replace('[env]', '[tool.gantry.env]')}`,
      'pyproject.toml:5',
    ],
    [
      'gantry.config.json',
      '{\n  "$schema": "x",\n  "application": "shop.wsgi", "env": ["A=1"],\n  "workers": "2:4"\n}',
      'gantry.config.json:4',
    ],
    [
      'gantry.config.mjs',
      "export default { application: 'shop.wsgi', workers: '2:4', env: { A: '1' } }",
      'gantry.config.mjs',
    ],
    [
      'gantry.config.ts',
      "export default { application: 'shop.wsgi' as string, workers: '2:4', env: ['A=1'] }",
      'gantry.config.ts',
    ],
  ])('%s is found, and each value knows its place', async (name, text, place) => {
    const settings = await read({ [name]: text })
    expect(settings).toMatchObject({
      application: 'shop.wsgi',
      workers: { min: 2, max: 4 },
      env: [{ name: 'A', value: '1' }],
    })
    expect(settings.origins).toMatchObject({ workers: `option workers in ${place}`, threads: 'default' })
  })

  test('may stand anywhere, and have any name, when it is named: --config before GANTRY_CONFIG', async () => {
    const files = {
      'etc/one.toml': 'threads = 1',
      'two.json': '{"threads": 2}',
      'gantry.toml': 'threads = 3',
    }
    const env = { GANTRY_CONFIG: 'etc/one.toml' }
    const one = await read(files, ['shop'], env)
    expect([one.threads, one.origins.threads]).toEqual([1, 'option threads in etc/one.toml:1'])
    expect((await read(files, ['shop', '-c', 'two.json'], env)).threads).toBe(2)
    expect((await read(files, ['shop', '--config=none'], env)).threads).toBe(4)
    expect((await read(files, ['shop'])).threads).toBe(3)
  })

  test.each([
    ['gantry.toml', '"$schema" = "./gantry.schema.json"\nthreads = 3'],
    ['pyproject.toml', '[tool.gantry]\n"$schema" = "./gantry.schema.json"\nthreads = 3'],
    ['gantry.config.json', '{"$schema": "./gantry.schema.json", "threads": 3}'],
  ])('may tell an editor where its schema is: %s', async (name, text) => {
    expect((await read({ [name]: text }, ['shop'])).threads).toBe(3)
    expect(await problemsOf({ [name]: text.replace('"./gantry.schema.json"', '5') }, ['shop'])).toContain(
      `option "$schema" in ${name}:`,
    )
  })

  test('is none where pyproject.toml does not speak of gantry, or speaks of it elsewhere', async () => {
    expect((await read({ 'pyproject.toml': '[project]\nname = "x"' }, ['shop'])).threads).toBe(4)
    const elsewhere = '[project]\nname = "gantry"\ndependencies = ["gantry"]\n[tool.other]\ngantry = 1'
    expect(
      (await read({ 'pyproject.toml': elsewhere, 'gantry.toml': 'threads = 3' }, ['shop'])).threads,
    ).toBe(3)
    expect((await read({ 'pyproject.toml': 'this is no TOML' }, ['shop'])).threads).toBe(4)
  })
})

const PROBLEMS: readonly (readonly [
  string,
  Readonly<Record<string, string>>,
  (readonly string[])?,
  Record<string, string>?,
])[] = [
  ['several files', { 'gantry.toml': TOML, 'gantry.config.ts': '', 'pyproject.toml': '[tool.gantry]' }],
  ['no such file', {}, ['--config', 'etc/gantry.toml']],
  ['no file but a directory', { 'etc.toml/x': '' }, [], { GANTRY_CONFIG: 'etc.toml' }],
  ['no such kind', { 'gunicorn.conf.py': '' }, ['-c', 'gunicorn.conf.py']],
  ['no TOML', { 'gantry.toml': 'workers = 2\nthreads = \n' }],
  ['no JSON', { 'gantry.config.json': '{\n  "workers": 2,\n}' }],
  ['a pyproject.toml that is no TOML', { 'pyproject.toml': '[tool.gantry]\nworkers = ' }],
  ['a pyproject.toml that says nothing', { 'pyproject.toml': '[project]' }, ['--config', 'pyproject.toml']],
  ['a list where an object belongs', { 'gantry.config.json': '[]' }],
  [
    'unknown names everywhere',
    {
      'gantry.toml':
        'workerz = 2\nmax_body_bytes = 1\nconfig = "other.toml"\n__proto = 1\n[mounts."/api"]\napplication = "api:app"\nworker = 2\n[tool.gantry]\n',
    },
    ['shop', '--thread', '2'],
    { GANTRY_WORKER: '2' },
  ],
  [
    'values of the wrong type',
    {
      'gantry.toml':
        'application = ["shop"]\nworkers = true\nthreads = 2.5\nrequest-timeout = 30\nhead-timeout = "30 s"\nmax-body-bytes = "1 gigabyte"\nlint = "maybe"\npreload = 1\nserver-header = false\nbind = [":80",\n  8000,\n  "localhost"]\nenv = { A = 1, B = ["x"] }\nscript-name = 1979-05-27\n[threads2]\n',
    },
  ],
  [
    'wrong mounts',
    {
      'gantry.toml':
        '[mounts]\n"api" = 7\n"/a/" = "x:y"\n"/b" = {}\n[mounts."/c"]\nworkers = "x"\n[mounts."/d"]\nbind = ":1"\napplication = "d:app"\n',
    },
  ],
  [
    'contradictory values',
    {
      'gantry.toml':
        'application = "shop:app"\nbind = [":80", ":80"]\nproxy-protocol = true\n[mounts]\n"/" = "other:app"\n"Example.org/" = "a:b"\n"example.org" = "b:c"\n[mounts."/api"]\nworkers = 2\n',
    },
  ],
]

describe('what is wrong with one', () => {
  test('is told all at once, each with its place and the nearest known name (-u writes the golden file anew)', async () => {
    const parts: string[] = []
    for (const [title, files, argv = [], env = {}] of PROBLEMS) {
      const shown = Object.entries(files).map(([name, text]) => `--- ${name}\n${text.trimEnd()}`)
      const words = [...Object.entries(env).map(([name, value]) => `${name}=${value}`), 'gantry', ...argv]
      parts.push(
        [`### ${title}`, ...shown, `$ ${words.join(' ')}`, await problemsOf(files, argv, env)].join('\n'),
      )
    }
    await expect(`${parts.join('\n\n')}\n`).toMatchFileSnapshot('config-problems.txt')
  })
})
