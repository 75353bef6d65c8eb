// --user, --group, --umask and --pid-file: what is had as root before it is given up, and who the processes are then. Needs root; what can
// be said without is said by everybody.

import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { failToStart } from '../harness/failed-start.ts'
import { MAIN, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

// Whom every Linux has, and a group that is not his.
const NOBODY = 65_534
const OTHER_GROUP = 1
const PYTHON = '/usr/bin/python3'
const isRoot = process.getuid?.() === 0 && process.platform === 'linux'

/** He may not be let into the home directory that all this lies in. */
const nobodyCan = (command: string, ...args: readonly string[]): boolean =>
  spawnSync(command, args, { uid: NOBODY, cwd: '/' }).status === 0

const APPLICATION = `
import json, os
def application(environ, start_response):
    open("made", "w").close()
    start_response("200 OK", [("Content-Type", "application/json")])
    told = {"uid": os.getuid(), "gid": os.getgid(), "groups": os.getgroups(), "umask": os.umask(0o27), "home": os.environ.get("HOME")}
    return [json.dumps(told).encode()]
`

describe.runIf(isRoot)('started as root', () => {
  test.runIf(nobodyCan(process.execPath, MAIN, '--version') && nobodyCan(PYTHON, '--version'))(
    'goes on as the user with everything open already: a port, a Unix socket, the pid file',
    async () => {
      using directory = new TemporaryDirectory()
      // Nobody has to be able to enter it, and to write there; the pid file lies where he cannot.
      chmodSync(directory.path, 0o777)
      using pids = new TemporaryDirectory()
      chmodSync(pids.path, 0o755)
      writeFileSync(directory.join('site_app.py'), APPLICATION)
      const [socket, pidFile] = [directory.join('s.sock'), pids.join('pid')]
      const gantry = await startGantry(
        [
          ...['site_app', '--workers', '1', '--python', PYTHON, '--bind', '127.0.0.1:0'],
          ...['--bind', `unix:${socket}`, '--pid-file', pidFile, '--umask', '027'],
          ...['--user', 'nobody', '--group', String(OTHER_GROUP)],
        ],
        { cwd: directory.path, hasBind: true, env: { PYTHONDONTWRITEBYTECODE: '1' } },
      )
      const told = (await (await fetch(gantry.url)).json()) as Record<string, unknown>
      expect(told).toMatchObject({ uid: NOBODY, gid: OTHER_GROUP, umask: 0o27 })
      expect(told['groups']).not.toContain(0)
      expect(told['home']).not.toBe('/root')
      expect(statSync(directory.join('made')).mode & 0o777).toBe(0o640)
      expect([statSync(socket).uid, statSync(socket).gid]).toEqual([NOBODY, OTHER_GROUP])
      expect(readFileSync(`/proc/${gantry.pid}/status`, 'utf8')).toMatch(
        new RegExp(`^Uid:\\t${NOBODY}\\t${NOBODY}`, 'm'),
      )
      expect(readFileSync(pidFile, 'utf8')).toBe(`${gantry.pid}\n`)

      gantry.child.kill('SIGHUP')
      await gantry.logged(/generation 2 serves/, 30_000)
      expect(await (await fetch(gantry.url)).json()).toMatchObject({ uid: NOBODY })
      expect(await gantry.stop()).toEqual({ code: 0, signal: null })
      // It could not remove it.
      expect(readFileSync(pidFile, 'utf8')).toBe('')
      expect(existsSync(socket)).toBe(false)
    },
  )
})

describe.runIf(!isRoot)('started as somebody else', () => {
  test('cannot become root', async () => {
    const { problems, exit } = await failToStart(['x', '--user', 'root'])
    expect(problems).toEqual(['flag --user: only root can go on as somebody else'])
    expect(exit.code).toBe(2)
  })
})

test('accounts that there are not, and a pid file of a server that runs, are told before anything is started', async () => {
  for (const [flag, kind] of [
    ['--user', 'user'],
    ['--group', 'group'],
  ] as const) {
    const { problems, exit } = await failToStart(['x', flag, 'no-such-account'])
    expect(problems).toEqual([`flag ${flag}: there is no ${kind} no-such-account`])
    expect(exit.code).toBe(2)
  }
  using directory = new TemporaryDirectory()
  writeFileSync(directory.join('pid'), `${process.pid}\n`)
  const { problems, exit } = await failToStart(['x', '--pid-file', directory.join('pid')])
  expect(problems).toEqual([`${directory.join('pid')} names process ${process.pid}, which runs`])
  expect(exit.code).toBe(1)
})
