// Several applications of one file, with workers of their own; the file is read anew by a reload.

import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const DEADLINE_MS = 30_000

const APPLICATION = `
import os
def application(environ, start_response):
    start_response("200 OK", [])
    text = " ".join([__name__, environ["SCRIPT_NAME"], environ["PATH_INFO"], os.environ.get("PLACE", "-")])
    return [text.encode()]
`

const SCRIPT = `
export const application = (environ, start) => {
  start('200 OK', [])
  return [Buffer.from(['script', environ.SCRIPT_NAME, environ.PATH_INFO].join(' '))]
}`

const FILE = `
application = "shop"
workers = 3
threads = 2

[mounts]
"/api" = "api"
"/script" = "./script.mjs"

[mounts."/admin"]
application = "admin"
workers = 1
env = { PLACE = "office" }
`

const directory = new TemporaryDirectory()
const write = (name: string, text: string): void => writeFileSync(directory.join(name), text)
let gantry: GantryProcess

beforeAll(async () => {
  for (const name of ['shop', 'api', 'admin', 'later']) write(`${name}.py`, APPLICATION)
  write('script.mjs', SCRIPT)
  write('gantry.toml', FILE)
  gantry = await startGantry([], { cwd: directory.path, env: { PYTHONDONTWRITEBYTECODE: '1' } })
})
afterAll(async () => {
  await gantry.stop()
  directory[Symbol.dispose]()
})

const answer = async (path: string): Promise<string> => await (await fetch(`${gantry.url}${path}`)).text()

test('each answers below its path, the longest first, and those of Python have their own variables', async () => {
  expect(await Promise.all(['/', '/apis', '/api/x', '/script/y', '/admin'].map(answer))).toEqual([
    'shop  / -',
    'shop  /apis -',
    'api /api /x -',
    'script /script /y',
    'admin /admin  office',
  ])
})

test('Python applications share the workers, but for those with workers of their own, and the banner says so', () => {
  const rows = gantry.stderr.split('\n').filter((line) => /^ {2}(application|workers)/.test(line))
  expect(rows.map((row) => row.replace(/\(\/.*?\)/g, '').trim())).toEqual([
    expect.stringMatching(/^application {2}\/ shop:application/),
    expect.stringMatching(/^workers {6}2 \(a share of option workers in gantry\.toml:3\) x 2 threads/),
    expect.stringMatching(/^application {2}\/api api:application/),
    expect.stringMatching(/^workers {6}1 \(a share of option workers in gantry\.toml:3\)/),
    expect.stringMatching(/^application {2}\/script \.\/script\.mjs/),
    expect.stringMatching(/^application {2}\/admin admin:application/),
    expect.stringMatching(/^workers {6}1 \(option mounts\."\/admin"\.workers in gantry\.toml:12\)/),
  ])
})

test('a file that is wrong changes nothing, and is told with its lines; one that is right counts from the reload on', async () => {
  write('gantry.toml', FILE.replace('workers = 1', 'worker = 1'))
  gantry.child.kill('SIGHUP')
  const problem = 'unknown option mounts."/admin".worker in gantry.toml:12; did you mean workers?'
  await until(
    () => gantry.stderr.includes(problem),
    DEADLINE_MS,
    () => gantry.stderr,
  )
  expect(await answer('/api')).toBe('api /api  -')

  write('gantry.toml', FILE.replace('"/api" = "api"', '"/later" = "later"'))
  gantry.child.kill('SIGHUP')
  await until(
    async () => (await answer('/later')) === 'later /later  -',
    DEADLINE_MS,
    () => gantry.stderr,
  )
  // A kept connection may bring one more request to the old generation.
  await until(
    async () => (await answer('/api')) === 'shop  /api -',
    DEADLINE_MS,
    () => gantry.stderr,
  )
})

test('gantry config says where each value comes from, and --check whether all is well', () => {
  const config = (...words: readonly string[]): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, [MAIN, 'config', ...words], { cwd: directory.path, encoding: 'utf8' })
  write('gantry.toml', FILE)
  expect(config('--check')).toMatchObject({ status: 0, stdout: '', stderr: '' })
  const text = String(config('--threads=3').stdout)
  expect(text).toMatch(/^Configuration file: gantry\.toml\n/)
  expect(text).toMatch(/^ {2}workers +3 +option workers in gantry\.toml:3$/m)
  expect(text).toMatch(/^ {2}threads +3 +flag --threads$/m)
  expect(text).toMatch(/^ {2}mounts +\/api=api +option mounts in gantry\.toml:6$/m)
  expect(JSON.parse(String(config('--json').stdout))).toMatchObject({
    file: 'gantry.toml',
    options: { 'request-timeout': { value: '30s', origin: 'default' }, config: { value: null } },
  })
  expect(config('--workers', 'x', '--check')).toMatchObject({ status: 2, stdout: '' })
  expect(config('--check', '--json')).toMatchObject({ status: 2 })
})
