import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PidFile } from '../../../src/server/supervisor/pid-file.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'

test('holds this process from when it is written until it is removed', () => {
  using directory = new TemporaryDirectory()
  const path = directory.join('pid')
  const file = new PidFile(path)
  expect(readFileSync(path, 'utf8')).toBe('')
  file.write()
  expect(readFileSync(path, 'utf8')).toBe(`${process.pid}\n`)
  file.remove()
  expect(existsSync(path)).toBe(false)
})

test('of a process that runs is refused, and left as it is', async () => {
  using directory = new TemporaryDirectory()
  const path = directory.join('pid')
  const other = spawn('sleep', ['60'])
  writeFileSync(path, `${other.pid}\n`)
  expect(() => new PidFile(path)).toThrow(`${path} names process ${other.pid}, which runs`)
  expect(readFileSync(path, 'utf8')).toBe(`${other.pid}\n`)
  other.kill('SIGKILL')
  await once(other, 'exit')
  new PidFile(path).remove()
})

test.runIf(process.platform === 'linux')(
  'that is older than the process of its number was left behind before a restart of the machine',
  () => {
    using directory = new TemporaryDirectory()
    const path = directory.join('pid')
    writeFileSync(path, `${process.ppid}\n`)
    expect(() => new PidFile(path)).toThrow('which runs')
    utimesSync(path, 1, 1)
    new PidFile(path).remove()
  },
)

test('of the next server, made where ours was removed, stays', () => {
  using directory = new TemporaryDirectory()
  const path = directory.join('pid')
  const ours = new PidFile(path)
  ours.write()
  rmSync(path)
  writeFileSync(path, '1\n')
  ours.remove()
  expect(readFileSync(path, 'utf8')).toBe('1\n')
})

test('with something else in it names nobody; one that cannot be opened is told with the reason', () => {
  using directory = new TemporaryDirectory()
  const path = directory.join('pid')
  writeFileSync(path, 'me')
  new PidFile(path).remove()
  expect(() => new PidFile(directory.join('missing/pid'))).toThrow(/cannot write the pid file .*ENOENT/)
})
