// Fronts that die, hang or never come up, and a supervisor that is killed: the address goes on answering, and nothing is left behind.

import { existsSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ClosedLoad } from '../../bench/faults/clients/closed-load.ts'
import { failToStart } from '../harness/failed-start.ts'
import { FIXTURES, get, startFixtures } from '../harness/fixtures.ts'
import { GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { childrenOf, isAlive, isGroupAlive } from '../harness/processes.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 20_000
const SCRIPTS = `${FIXTURES}/scripts`

describe('kill -9', () => {
  test('of one of two fronts costs only its own connections; it is replaced with its workers', async () => {
    await using gantry = await startFixtures(['--fronts', '2', '--workers', '2', '--threads', '1'], {
      hasOwnGroup: true,
    })
    using load = new ClosedLoad({
      port: gantry.port,
      connections: 32,
      path: '/answers_hello',
      isAnyBodyRight: true,
    })
    await until(
      () => (load.counts.answers['200'] ?? 0) > 100,
      DEADLINE_MS,
      () => 'no load',
    )
    const [killed = 0] = childrenOf(gantry.pid)
    process.kill(killed, 'SIGKILL')
    await gantry.logged(
      new RegExp(`front 1 died and is replaced.*: process ${killed} ended: killed by SIGKILL, not by gantry`),
    )
    await gantry.logged(/front 1 is ready again/)
    const answered = load.counts.answers['200'] ?? 0
    await until(
      () => (load.counts.answers['200'] ?? 0) > answered + 100,
      DEADLINE_MS,
      () => 'it does not go on',
    )
    const { losses, answers } = await load.stop()
    expect(Object.keys(answers)).toEqual(['200'])
    // At the most one for each connection of the front that died.
    const lost = Object.values(losses).reduce((sum, count) => sum + count, 0)
    expect(lost).toBeLessThanOrEqual(32)
    expect(losses.silence).toBeUndefined()
  })

  test('of the only front keeps new connections waiting and refuses none', async () => {
    await using gantry = await startFixtures(['--workers', '1'], { hasOwnGroup: true })
    process.kill(gantry.frontPid, 'SIGKILL')
    expect((await get(gantry, '/answers_hello')).text).toBe('hello')
    await gantry.logged(/front 1 is ready again/)
  })

  test('of the supervisor ends fronts and workers', async () => {
    const gantry = await startFixtures(['--fronts', '2'], { hasOwnGroup: true })
    gantry.child.kill('SIGKILL')
    await until(
      () => !isGroupAlive(gantry.pid),
      DEADLINE_MS,
      () => 'something is left',
    )
  })
})

describe('a front that hangs', () => {
  test('is killed with that cause and replaced; clients that wait are served by the next', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(
      directory.join('app.mjs'),
      `export const application = (environ, start) => {
         if (environ.PATH_INFO === '/hang') for (;;);
         start('200 OK', [])
         return [Buffer.from(String(process.pid))]
       }`,
    )
    // At least 10 seconds: of a shorter time nobody can say whether the machine is just busy.
    const options = ['--fronts', '1', '--request-timeout', '1s', '--interrupt-grace', '1s']
    await using gantry = await startGantry(['app.mjs', ...options], { cwd: directory.path })
    const hung = gantry.frontPid
    await Promise.race([fetch(`${gantry.url}/hang`).catch(() => undefined), Promise.resolve()])
    await gantry.logged(
      new RegExp(`process ${hung} ended: gantry killed it: its event loop was held up for 10 s`),
      30_000,
    )
    expect(Number(await (await fetch(gantry.url)).text())).not.toBe(hung)
    expect(isAlive(hung)).toBe(false)
  }, 60_000)
})

describe('a start', () => {
  test('of an application whose import does not end is given up after --boot-timeout', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('app.mjs'), 'setInterval(() => {}, 1000); await new Promise(() => {})')
    const args = ['app.mjs', '--fronts', '2', '--boot-timeout', '1s']
    const { problems, exit } = await failToStart(args, { cwd: directory.path })
    expect(problems).toEqual([expect.stringMatching(/^front \d+ was not ready within 1 s$/)])
    expect(exit.code).toBe(1)
  })

  test('whose front ends by itself says so', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('app.mjs'), 'process.exit(7)')
    const { problems, exit } = await failToStart(['app.mjs', '--fronts', '1'], { cwd: directory.path })
    expect(problems).toEqual([
      expect.stringMatching(/^front \d+ ended before it was ready: it exited .*with status 7/),
    ])
    expect(exit.code).toBe(1)
  })

  test('of a configuration file that ends its process, or waits for ever, says so', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('gantry.config.mjs'), 'process.exit(0)')
    const ended = await failToStart(['x'], { cwd: directory.path })
    expect(ended.problems).toEqual([
      'gantry.config.mjs was not read to its end: the process that read it ended with exit status 0',
    ])
    writeFileSync(directory.join('gantry.config.mjs'), 'await new Promise(() => {})')
    const waits = await failToStart(['x'], { cwd: directory.path })
    expect(waits.problems).toEqual(['a module that was imported waits for something that never comes'])
  })

  test('that is told to stop ends at once with the status of the signal, and leaves nothing', async () => {
    using directory = new TemporaryDirectory()
    const forEver = 'console.log("importing"); setInterval(() => {}, 1000); await new Promise(() => {})'
    writeFileSync(directory.join('app.mjs'), forEver)
    await using gantry = new GantryProcess(['app.mjs', '--fronts', '1', '--pid-file', 'pid'], {
      cwd: directory.path,
      hasOwnGroup: true,
    })
    await until(
      () => gantry.stdout.includes('importing'),
      DEADLINE_MS,
      () => gantry.stderr,
    )
    gantry.child.kill('SIGTERM')
    expect(await gantry.exited).toEqual({ code: 143, signal: null })
    expect(gantry.stderr).toBe('')
    expect(isGroupAlive(gantry.pid)).toBe(false)
    expect(existsSync(directory.join('pid'))).toBe(false)
  })
})

test('a word of our own on the command line is an application like any other', async () => {
  const { problems } = await failToStart(['gantry-front', '--chdir', SCRIPTS])
  expect(problems[0]).toContain('gantry-front')
})
