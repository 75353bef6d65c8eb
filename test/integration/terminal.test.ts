// What a person at a terminal sees while workers boot.

import { rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { TerminalProcess } from '../harness/terminal.ts'

// The first worker is quick; the others print a line when they are told to, and are ready when they are told to.
const SLOW = `
import os, time

def told(name):
    while not os.path.exists(name):
        time.sleep(0.01)

try:
    os.close(os.open('first', os.O_CREAT | os.O_EXCL))
except FileExistsError:
    told('speak')
    print('hello while booting', flush=True)
    told('go')

def application(environ, start_response):
    start_response('200 OK', [])
    return [b'']
`
const ARGUMENTS = ['shop', '--workers', '2', '--control-socket', 'none']
const ENVIRONMENT = { PYTHONDONTWRITEBYTECODE: '1' }
const PROGRESS = /: 1 of 2 workers ready, worker [12] \(pid \d+\) booting for \d+ s/

function slowApplication(): TemporaryDirectory {
  const directory = new TemporaryDirectory()
  writeFileSync(directory.join('shop.py'), SLOW)
  return directory
}

test('says how far they are in one line, above which the log goes on, and which is gone when they are ready; in a reload, too', async () => {
  using directory = slowApplication()
  await using gantry = new TerminalProcess(ARGUMENTS, directory.path, ENVIRONMENT)
  await gantry.wrote(PROGRESS)
  writeFileSync(directory.join('speak'), '')
  await gantry.wrote(/hello while booting\r\n[^\n]*: 1 of 2 workers ready/)
  writeFileSync(directory.join('go'), '')
  await gantry.wrote(/^ready\r$/m)
  expect(gantry.screen).toContainEqual(expect.stringMatching(/^\[worker [12]\] hello while booting$/))
  expect(gantry.screen).toContainEqual(expect.stringMatching(/^gantry \S+ \(node/))
  expect(gantry.screen.join('\n')).not.toMatch(/workers ready/)

  for (const name of ['first', 'speak', 'go']) rmSync(directory.join(name))
  gantry.child.kill('SIGHUP')
  await gantry.wrote(/generation 2: 1 of 2 workers ready, worker [12] /)
  writeFileSync(directory.join('speak'), '')
  writeFileSync(directory.join('go'), '')
  await gantry.wrote(/generation 2 serves[^\n]*\n/)
  expect(gantry.screen).toContainEqual(
    expect.stringMatching(/ info generation 2 serves; the one before it ends$/),
  )
  expect(gantry.screen.join('\n')).not.toMatch(/workers ready/)
})

test('says nothing of it where the log is JSON, which stays the only thing there', async () => {
  using directory = slowApplication()
  await using gantry = new TerminalProcess(
    [...ARGUMENTS, '--log-format', 'json'],
    directory.path,
    ENVIRONMENT,
  )
  writeFileSync(directory.join('speak'), '')
  await gantry.wrote(/hello while booting.*\r\n/)
  writeFileSync(directory.join('go'), '')
  await gantry.wrote(/"message":"ready".*\r\n/)
  for (const line of gantry.stdout.split('\r\n').filter((each) => each !== ''))
    expect(() => JSON.parse(line) as unknown, line).not.toThrow()
})
