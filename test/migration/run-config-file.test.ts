// Configuration files of gunicorn are code: what they print, raise, start or wait for must not hurt.

import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { GantryError } from '../../src/errors.ts'
import { type FileSettings, runConfigFile } from '../../src/migration/gunicorn/run-config-file.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

async function run(text: string, limitMs = 10_000): Promise<FileSettings> {
  using directory = new TemporaryDirectory()
  const file = directory.join('gunicorn.conf.py')
  writeFileSync(file, text)
  return await runConfigFile('python3', file, limitMs)
}

const failure = async (text: string, limitMs?: number): Promise<GantryError> =>
  await run(text, limitMs).then(
    () => {
      throw new Error('it was run')
    },
    (error: unknown) => error as GantryError,
  )

test('what code has worked out is marked; what is imported counts, with no line', async () => {
  const { settings } = await run(
    'import multiprocessing\nfrom os import sep as chdir\nif True:\n    workers = multiprocessing.cpu_count() * 2 + 1\nthreads = 2 * 2\ntimeout = 30\ntimeout += 1\nbind = ["a:1"]\n',
  )
  expect(settings.map(({ name, isComputed }) => [name, isComputed])).toEqual([
    ['chdir', false],
    ['workers', true],
    ['threads', true],
    ['timeout', true],
    ['bind', false],
  ])
  expect(settings.map(({ place }) => /(?::(\d+))?$/.exec(place)?.[1])).toEqual([
    undefined,
    '4',
    '5',
    '7',
    '8',
  ])
})

test('values of every kind arrive, however odd', async () => {
  const { settings } = await run(
    'import pathlib\nbind = ("a:1", "b:2")\nworkers = 0x10\ntimeout = float("inf")\npidfile = pathlib.Path("/run/x")\nuser = None\nlogger_class = type("L", (), {})\ndef worker_class(): pass\nraw_env = {"A": object()}\nproc_name = "\\N{SNOWMAN}"\n',
  )
  expect(Object.fromEntries(settings.map(({ name, value }) => [name, value]))).toEqual({
    bind: ['a:1', 'b:2'],
    workers: 16,
    timeout: 'float',
    pidfile: '/run/x',
    user: null,
    logger_class: '__config__.L',
    worker_class: 'the function worker_class',
    raw_env: 'a dictionary',
    proc_name: '☃',
  })
})

test('what it prints does not mix with the result; a thread that it leaves keeps nobody waiting', async () => {
  const { settings } = await run(
    'import os, sys, threading\nprint("{")\nos.write(1, b"[")\nsys.stdout.flush()\nthreading.Thread(target=threading.Event().wait).start()\nworkers = 3\n',
  )
  expect(settings).toMatchObject([{ name: 'workers', value: 3 }])
})

test.each([
  ['import nothing_of_this_name', /ModuleNotFoundError: No module named 'nothing_of_this_name'/],
  ['workers = (', /SyntaxError/],
  ['raise SystemExit(4)', /line 1, in <module>[\s\S]*SystemExit: 4/],
])('%s ends with its traceback, in which nothing of ours stands', async (text, traceback) => {
  const error = await failure(text)
  expect(error.code).toBe('GANTRY_MIGRATION_NOT_RUN')
  expect(error.traceback).toMatch(traceback)
  expect(error.traceback).not.toContain('gunicorn_config.py')
})

test('a file that ends its process, or never ends, is told of', async () => {
  expect((await failure('import os\nos._exit(3)')).message).toMatch(/could not be run: /)
  expect((await failure('while True: pass', 500)).message).toMatch(/it took longer than 0.5 s$/)
})
