// What somebody gets who installs the package or starts it in a checkout: packed and installed for real, its dependencies from npm's cache
// where that has them.

import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REPOSITORY, startGantry } from '../harness/gantry-process.ts'
import type { GantryOptions } from '../harness/gantry-process.ts'
import { isGroupAlive } from '../harness/processes.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const run = promisify(execFile)
// What a checkout has and a clone has not, and what is large.
const LEFT_OUT = new Set(['.git', 'node_modules', 'dist', '.cache', 'bench', '__pycache__'])
/** What the package.json names: all other code is in chunks that these share. */
const ENTRIES = [
  'cli/main',
  'index',
  ...['wsgi', 'middleware', 'adapters', 'testing'].map((name) => `${name}/index`),
]
const APPLICATION = `
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"from " + environ["SCRIPT_NAME"].encode()]
`
// Neither the test's own settings nor a developer's.
const ENVIRONMENT = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(GANTRY_|npm_|VIRTUAL_ENV$)/i.test(name))
    .map((name) => [name, undefined]),
)

async function npm(args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await run('npm', args, { cwd, env: { ...process.env, ...ENVIRONMENT } })
  return stdout
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
}

/** Starts, asks once, and stops with Ctrl-C: a signal to every process of the terminal. Nothing of it may be left. */
async function answerOf(args: readonly string[], options: GantryOptions, path: string): Promise<string> {
  const gantry = await startGantry(args, { ...options, env: ENVIRONMENT, hasOwnGroup: true })
  try {
    const answer = await (await fetch(gantry.url + path)).text()
    process.kill(-gantry.pid, 'SIGINT')
    await until(
      () => !isGroupAlive(gantry.pid),
      10_000,
      () => `something is left running:\n${gantry.stderr}`,
    )
    expect(gantry.stderr.match(/ stopping \(SIGINT\)/gm)).toHaveLength(1)
    return answer
  } finally {
    if (isGroupAlive(gantry.pid)) process.kill(-gantry.pid, 'SIGKILL')
  }
}

describe('the package', () => {
  const directory = new TemporaryDirectory()
  const clone = directory.join('clone')
  const project = directory.join('project')
  let packed: string[]

  beforeAll(async () => {
    cpSync(REPOSITORY, clone, { recursive: true, filter: (path) => !LEFT_OUT.has(basename(path)) })
    symlinkSync(join(REPOSITORY, 'node_modules'), join(clone, 'node_modules'))
    // As after a look at the tour.
    mkdirSync(join(clone, 'examples/tour/__pycache__'))
    writeFileSync(join(clone, 'examples/tour/__pycache__/app.cpython-311.pyc'), '')

    const report = await npm(['pack', '--json', '--silent', '--pack-destination', directory.path], clone)
    // The report stands behind what the build prints.
    const [{ filename, files }] = JSON.parse(report.slice(report.search(/^\[/m))) as [
      { filename: string; files: { path: string }[] },
    ]
    packed = files.map(({ path }) => path)
    mkdirSync(project)
    writeFileSync(join(project, 'package.json'), '{ "private": true }')
    writeFileSync(join(project, 'shop.py'), APPLICATION)
    await npm(['install', '--prefer-offline', '--no-audit', '--no-fund', directory.join(filename)], project)
  })
  afterAll(() => directory[Symbol.dispose]())

  test('holds what is published and nothing else', () => {
    const modules = filesBelow(join(clone, 'src')).map((path) => path.replace(/\.ts$/, ''))
    const expected = [
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'],
      ...modules.map((path) => `dist/${path}.d.ts`),
      ...ENTRIES.map((path) => `dist/${path}.js`),
      ...filesBelow(join(clone, 'examples/tour'))
        .filter((path) => !path.endsWith('.pyc'))
        .map((path) => `examples/tour/${path}`),
      ...filesBelow(join(clone, 'protocol')).map((path) => `protocol/${path}`),
      ...filesBelow(join(clone, 'deploy')).map((path) => `deploy/${path}`),
      ...filesBelow(join(clone, 'python/gantry_worker')).map((path) => `python/gantry_worker/${path}`),
    ]
    // What the entries share is named by its content.
    const chunks = packed.filter((path) => path.startsWith('dist/chunks/'))
    const others = packed.filter((path) => !chunks.includes(path))
    expect(others.toSorted()).toEqual(expected.toSorted())
    expect(chunks.filter((path) => !/^dist\/chunks\/[a-z-]+-[A-Z0-9]{8}\.js$/.test(path))).toEqual([])
    expect(chunks.length).toBeGreaterThan(0)
  })

  test('has every file that its package.json names', () => {
    const installed = join(project, 'node_modules/gantry')
    const { bin, exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
      bin: Record<string, string>
      exports: Record<string, string | Record<string, string>>
    }
    const targets = Object.values(exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    )
    const missing = [...Object.values(bin), ...targets].filter((path) => !existsSync(join(installed, path)))
    expect(missing).toEqual([])
  })

  test('needs tsx, which loads TypeScript, a reader of TOML, what these two bring, and no other package to run', () => {
    expect(readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      '@esbuild',
      'esbuild',
      'eslint-visitor-keys',
      'gantry',
      'toml-eslint-parser',
      'tsx',
    ])
  })

  test('serves with node_modules/.bin/gantry', async () => {
    const command = [join(project, 'node_modules/.bin/gantry')]
    expect(await answerOf(['shop', '--script-name', '/bin'], { command, cwd: project }, '/bin/')).toBe(
      'from /bin',
    )
  })

  test('serves with npx gantry', async () => {
    const command = ['npx', 'gantry']
    expect(await answerOf(['shop.py', '--script-name', '/npx'], { command, cwd: project }, '/npx')).toBe(
      'from /npx',
    )
  })
})

describe('npm start in a checkout', () => {
  test('serves the tour', async () => {
    expect(await answerOf([], { command: ['npm', 'start', '--'] }, '/')).toContain('Gantry: a tour')
  })

  test('serves the application that it is given', async () => {
    const demo = await answerOf(['wsgiref.simple_server:demo_app'], { command: ['npm', 'start', '--'] }, '/')
    expect(demo).toContain('Hello world!')
  })

  test('ends when npm is told to, as by `docker stop`', async () => {
    const gantry = await startGantry([], {
      command: ['npm', 'start', '--'],
      env: ENVIRONMENT,
      hasOwnGroup: true,
    })
    try {
      gantry.child.kill('SIGTERM')
      await until(
        () => !isGroupAlive(gantry.pid),
        10_000,
        () => `something is left running:\n${gantry.stderr}`,
      )
      expect(gantry.stderr).toMatch(/ stopping \(SIGTERM\)/m)
    } finally {
      if (isGroupAlive(gantry.pid)) process.kill(-gantry.pid, 'SIGKILL')
    }
  })
})
