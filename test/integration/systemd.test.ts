import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type Settings, resolve } from '../../src/config/resolve.ts'
import { GantryProcess, MAIN, REPOSITORY, runGantry, startGantry } from '../harness/gantry-process.ts'
import { get } from '../harness/get.ts'
import { ServiceManager } from '../harness/service-manager.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const PASSES_SOCKETS = fileURLToPath(new URL('../fixtures/passes_sockets.py', import.meta.url))

const canVerify = spawnSync('systemd-analyze', ['--version']).status === 0

const TELLS_ITS_ENVIRONMENT = `
import os

def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [" ".join(sorted(name for name in os.environ if name.startswith(("LISTEN_", "NOTIFY_", "WATCHDOG_")))).encode()]
`

describe('under a service manager', () => {
  test('gantry serves its sockets, tells it each state, and lets connections wait while it restarts', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('app.py'), TELLS_ITS_ENVIRONMENT)
    await using manager = await new ServiceManager(directory.join('notify')).listens()
    await using gantry = await startGantry(['app', '--workers', '1'], {
      hasBind: true,
      cwd: directory.path,
      env: { NOTIFY_SOCKET: manager.socket, WATCHDOG_USEC: '400000' },
      command: ['python3', PASSES_SOCKETS, '2', directory.join('local'), process.execPath, MAIN],
    })
    expect(gantry.addresses).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/),
      `unix:${directory.join('local')}`,
    ])
    const { url } = gantry
    // Nothing of it is meant for the application.
    expect(await get(url)).toBe('')
    expect(await get(url, directory.join('local'))).toBe('')
    const ready = await manager.heard(/^READY=1/)
    expect(ready).toMatch(/^STATUS=serving: generation 1 at http:/m)
    const pid = Number(/^MAINPID=(\d+)$/m.exec(ready)?.[1])
    await manager.heard(/^WATCHDOG=1/)

    process.kill(pid, 'SIGHUP')
    await manager.heard(/^RELOADING=1\nMONOTONIC_USEC=\d+/)
    await manager.heard(/^READY=1[^]*generation 2 at/)

    process.kill(pid, 'SIGTERM')
    await manager.heard(/^STOPPING=1/)
    await until(
      () => !isAlive(pid),
      10_000,
      () => 'gantry does not end',
    )
    const before = manager.told.length
    // Nobody serves now: the connection waits in the socket, which the service manager has.
    expect(await get(url)).toBe('')
    expect(manager.told.slice(before).join('\n')).not.toMatch(/generation 2/)
  })

  test('what --bind names is listened on as well', async () => {
    using directory = new TemporaryDirectory()
    await using gantry = await startGantry(['test/fixtures/applications/answers_hello.ts', '--fronts', '1'], {
      command: ['python3', PASSES_SOCKETS, '1', directory.join('local'), process.execPath, MAIN],
    })
    expect(gantry.addresses).toHaveLength(3)
    for (const url of gantry.addresses.filter((address) => address.startsWith('http:')))
      expect(await get(url)).toMatch(/hello/i)
  })

  test('sockets that are none end the start, those of another process are told in the log', async () => {
    const app = 'test/fixtures/applications/answers_hello.ts'
    const command = ['sh', '-c', 'LISTEN_PID=$$ exec "$@" 3</dev/null', 'sh', process.execPath, MAIN]
    const failed = await runGantry([app], { command, env: { LISTEN_FDS: '1' } })
    expect(failed.exit.code).toBe(1)
    expect(failed.stderr).toContain('GANTRY_PASSED_SOCKET_BAD')
    await using gantry = new GantryProcess([app, '--fronts', '1'], {
      env: { LISTEN_FDS: '1', LISTEN_PID: '1' },
    })
    await gantry.logged(/^ready$/m)
    expect(gantry.stderr).toMatch(/the sockets of LISTEN_FDS are meant for process 1, and not used/)
  })
})

describe('the unit files of deploy/systemd', () => {
  test.skipIf(!canVerify)('are understood by systemd, and call commands that there are', () => {
    using directory = new TemporaryDirectory()
    const names = ['shop.service', 'shop.socket']
    for (const name of names) {
      const text = readFileSync(join(REPOSITORY, 'deploy/systemd', name), 'utf8')
      writeFileSync(
        directory.join(name),
        text.replaceAll('/srv/shop/node_modules/.bin/gantry', process.execPath),
      )
    }
    const verified = spawnSync('systemd-analyze', ['verify', ...names], {
      cwd: directory.path,
      encoding: 'utf8',
    })
    expect([verified.status, verified.stderr]).toEqual([0, ''])
  })

  test('give gantry options that it takes', () => {
    const text = readFileSync(join(REPOSITORY, 'deploy/systemd/shop.service'), 'utf8')
    const [, words = ''] = /^ExecStart=\S+ (.*)$/m.exec(text) ?? []
    const env = Object.fromEntries(
      [...text.matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name, value]) => [
        name!,
        value!.replace(/^%\w/, '/run'),
      ]),
    )
    expect(Object.keys(env)).toContain('GANTRY_CONTROL_SOCKET')
    // What a stop may take by default, and what systemd waits for it.
    const { lameDuckMs, shutdownTimeoutMs } = settingsOf(words.split(' '), env)
    const [, waits] = /^TimeoutStopSec=(\d+)$/m.exec(text) ?? []
    expect(Number(waits) * 1000).toBeGreaterThan(lameDuckMs + shutdownTimeoutMs + 5_000)
  })
})

function settingsOf(argv: readonly string[], env: Readonly<Record<string, string>>): Settings {
  const resolution = resolve({ argv, env })
  if (resolution.kind !== 'settings') throw new Error(JSON.stringify(resolution))
  return resolution.settings
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
