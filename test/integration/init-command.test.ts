// `gantry init` as users call it: what it has written serves, and nothing that was there is lost.

import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GantryExit, GantryProcess, MAIN, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const directory = new TemporaryDirectory()
// Whoever runs it to see what is in it finds out here.
const APPLICATION = `
import pathlib
pathlib.Path(__file__).with_name("was-run").touch()
def application(environ, start_response):
    start_response("200 OK", [])
    return [b"served"]
`
beforeAll(() => writeFileSync(directory.join('site_app.py'), APPLICATION))
afterAll(() => directory[Symbol.dispose]())

interface Ran extends Pick<GantryExit, 'code'> {
  readonly stdout: string
  readonly stderr: string
}

async function run(...words: readonly string[]): Promise<Ran> {
  await using gantry = new GantryProcess(words, { cwd: directory.path, hasBind: true })
  const { code } = await gantry.exited
  return { code, stdout: gantry.stdout, stderr: gantry.stderr }
}

const fileOf = (name: string): string => readFileSync(directory.join(name), 'utf8')

test('it shows, writes, and never overwrites unless it is told to', async () => {
  const shown = await run('init', '--print', '--docker')
  expect(shown.code).toBe(0)
  expect(shown.stdout).toMatch(
    /^# gantry\.toml\n[\s\S]*application = "site_app:application"[\s\S]*\n# Dockerfile\n/,
  )
  expect(() => fileOf('gantry.toml')).toThrow(/ENOENT/)

  const written = await run('init', '--systemd')
  expect(written.stderr).toMatch(
    /application {3}site_app:application \(WSGI, by application in site_app\.py\)[\s\S]*wrote gantry\.toml\nwrote deploy\//,
  )
  expect(written.code).toBe(0)
  expect(() => fileOf('was-run')).toThrow(/ENOENT/)

  writeFileSync(directory.join('gantry.toml'), '# mine\napplication = "site_app:application"\n')
  const refused = await run('init', '--nginx')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(/gantry\.toml is in .* already; nothing was written/)
  expect(fileOf('gantry.toml')).toMatch(/^# mine/)

  expect((await run('init', '--force')).code).toBe(0)
  expect(fileOf('gantry.toml')).not.toMatch(/mine/)
  expect(await run('config', '--check')).toMatchObject({ code: 0, stderr: '' })
})

const ON_A_TERMINAL = fileURLToPath(new URL('../fixtures/answers_on_a_terminal.py', import.meta.url))

/** What is typed at each question, on a terminal. */
function typed(answers: readonly string[]): { readonly status: number | null; readonly stdout: string } {
  const command = [process.execPath, MAIN, 'init', 'asked']
  const args = [ON_A_TERMINAL, '[y/N] ', JSON.stringify(answers), ...command]
  return spawnSync('python3', args, { cwd: directory.path, encoding: 'utf8' })
}

test('on a terminal it asks; whoever leaves has written nothing', () => {
  mkdirSync(directory.join('asked'))
  writeFileSync(directory.join('asked/app.py'), APPLICATION)
  for (const key of ['\x03', '\x04']) {
    const left = typed(['y\r', key])
    expect(left.stdout).toContain('nothing was written')
    expect(left.status).toBe(2)
  }
  expect(() => fileOf('asked/gantry.toml')).toThrow(/ENOENT/)
  const { stdout, status } = typed(['\r', 'n\r', 'Yes\r', '\r'])
  expect(stdout).toMatch(
    /a Dockerfile\? \[y\/N\][\s\S]*wrote gantry\.toml\s+wrote deploy\/asked\.nginx\.conf\s+now, in .*\/asked: gantry, or gantry dev while you develop\s*$/,
  )
  expect(status).toBe(0)
})

test('gantry alone serves the folder then', async () => {
  await using gantry = await startGantry([], { cwd: directory.path })
  expect(await (await fetch(gantry.url)).text()).toBe('served')
})

test.each([
  [['init', 'nowhere'], 2, /there is no directory .*nowhere/],
  [['init', '--dcker'], 2, /unknown flag --dcker; did you mean --docker\?/],
  [['init', 'deploy'], 1, /no WSGI application was found in .*deploy/],
  [['init', '--help'], 0, /^Usage: gantry init/],
])('%j ends with %d', async (words, status, text) => {
  const { code, stdout, stderr } = await run(...words)
  expect(stdout + stderr).toMatch(text)
  expect(code).toBe(status)
})
