// `gantry migrate` as users call it: what it prints where, and what it ends with.

import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GantryExit, GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const directory = new TemporaryDirectory()
beforeAll(() => writeFileSync(directory.join('gunicorn.conf.py'), 'print("loud")\nworkers = 3\n'))
afterAll(() => directory[Symbol.dispose]())

interface Ran extends Pick<GantryExit, 'code'> {
  readonly stdout: string
  readonly stderr: string
}

async function migrate(...words: readonly string[]): Promise<Ran> {
  await using gantry = new GantryProcess(['migrate', ...words], { cwd: directory.path, hasBind: true })
  const { code } = await gantry.exited
  return { code, stdout: gantry.stdout, stderr: gantry.stderr }
}

test('a file of gunicorn is run with a word about it; only the result is on standard output', async () => {
  const { code, stdout, stderr } = await migrate('gunicorn')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^# Made by gantry migrate gunicorn of gunicorn.conf.py.\n[\s\S]*\nworkers = 3\n/)
  expect(stdout).not.toContain('loud')
  expect(stderr).toMatch(
    /^gantry: gunicorn.conf.py is Python code: .* runs it now, for at most 10 s.*\nloud\n$/,
  )
})

test.each([
  [
    ['gunicorn', '--as', 'flags', 'gunicorn', '-w', '2', '-c', '/dev/null', 'shop'],
    0,
    /gantry \\\n {2}shop \\\n/,
  ],
  [['gunicorn', 'gunicorn -w 2 -c /dev/null shop', '--as', 'flags'], 0, /gantry \\\n {2}shop \\\n/],
  [['gunicorn', 'nowhere.py'], 2, /there is no file nowhere.py/],
  [['gunicorn', "gunicorn 'shop"], 2, /a quote of the command line is never closed/],
  [['uwsgi', 'nowhere.ini'], 2, /cannot read .*nowhere.ini: ENOENT/],
  [['uwsgi', 'site.yaml'], 2, /only INI files are read/],
  [['uwsgi'], 2, /it takes one INI file/],
  [['apache'], 2, /expected gunicorn or uwsgi, got "apache"/],
  [['gunicorn', '--as', 'yaml', 'shop'], 2, /--as takes toml or flags, not "yaml"/],
  [['--help'], 0, /^Usage: gantry migrate gunicorn/],
])('%j ends with %d', async (words, status, text) => {
  const { code, stdout, stderr } = await migrate(...words)
  expect(stdout + stderr).toMatch(text)
  expect(code).toBe(status)
})

test('GUNICORN_CMD_ARGS is not read, which the server says, with what it would be here', async () => {
  const env = { GUNICORN_CMD_ARGS: "--workers=3 -k gevent --bind '0.0.0.0' --timeout 5" }
  await using gantry = await startGantry(['wsgiref.simple_server:demo_app'], { env })
  expect(gantry.stderr).toContain(
    'gantry: GUNICORN_CMD_ARGS is not read; here it would be: --bind 0.0.0.0:8000 --workers 3 --request-timeout 5s\n',
  )
})
