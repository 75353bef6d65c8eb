import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { stateSender } from '../../../src/server/systemd/send-state.ts'
import { ServiceManager } from '../../harness/service-manager.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'
import { until } from '../../harness/until.ts'

const SCRIPT = fileURLToPath(new URL('../../../python/gantry_worker/notify.py', import.meta.url))
const SYSTEMD_NOTIFY = ['systemd-notify']
const PYTHON = ['no-such-program', 'python3 -I -S'].map((words) => [...words.split(' '), SCRIPT])

const hasSystemdNotify = spawnSync('systemd-notify', ['--version']).status === 0

describe('a state reaches the service manager, in order', () => {
  test.skipIf(!hasSystemdNotify)('by systemd-notify', () => expectSent([SYSTEMD_NOTIFY]))

  test('by Python where there is no other', () => expectSent(PYTHON))

  test('by Python at a socket without a file', () => expectSent(PYTHON, `@gantry-test-${randomUUID()}`))
})

async function expectSent(senders: readonly (readonly string[])[], socket?: string): Promise<void> {
  using directory = new TemporaryDirectory()
  await using manager = await new ServiceManager(socket ?? directory.join('notify')).listens()
  const failures: string[] = []
  const send = stateSender(manager.socket, (reason) => failures.push(reason), senders)
  send(['READY=1', 'STATUS=über alles'])
  send(['WATCHDOG=1'])
  await manager.heard(/WATCHDOG/)
  expect(manager.told.map((text) => text.trim())).toEqual(['READY=1\nSTATUS=über alles', 'WATCHDOG=1'])
  expect(failures).toEqual([])
}

describe('a state that cannot be sent', () => {
  test.each([
    ['nobody listens', '/nonexistent/notify', PYTHON, /^python3: .*(No such file|not found)/s],
    [
      'there is no program for it',
      '/nonexistent/notify',
      [['no-such-program']],
      /no-such-program is in PATH/,
    ],
  ])('is told once: %s', async (_, socket, senders, expected) => {
    const failures: string[] = []
    const send = stateSender(socket, (reason) => failures.push(reason), senders)
    for (const state of ['READY=1', 'WATCHDOG=1']) send([state])
    await until(
      () => failures.length > 0,
      10_000,
      () => 'nothing failed',
    )
    expect(failures[0]).toMatch(expected)
    expect(failures).toHaveLength(1)
  })
})
