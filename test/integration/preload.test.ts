// --preload: workers are forked from a process that has imported the application, and are replaced at once for that reason.

import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FIXTURES, FIXTURE_ENVIRONMENT, get } from '../harness/fixtures.ts'
import { type GantryProcess, REPOSITORY, runGantry, startGantry } from '../harness/gantry-process.ts'
import { isAlive, isGroupAlive } from '../harness/processes.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { findTestPython } from '../harness/test-python.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 15_000
const PRELOADED = ['preloaded', '--preload', '--chdir', FIXTURES] as const
const testPython = await findTestPython()

const directory = new TemporaryDirectory()
const SLOW_WHILE = directory.join('slow')
afterAll(() => directory[Symbol.dispose]())

interface Told {
  readonly pid: number
  readonly importedBy: number
  readonly isMainThread: boolean
  readonly colour: string
  readonly isRunOnce: boolean
}

async function ask(gantry: GantryProcess): Promise<Told> {
  const { text } = await get(gantry, '/')
  const [pid, importedBy, isMainThread, colour, isRunOnce] = text.split(' ')
  return {
    pid: Number(pid),
    importedBy: Number(importedBy),
    isMainThread: isMainThread === 'True',
    colour: colour!,
    isRunOnce: isRunOnce === 'True',
  }
}

const countOf = (gantry: GantryProcess, pattern: RegExp): number =>
  [...`${gantry.stdout}${gantry.stderr}`.matchAll(pattern)].length

/** Resolves when so many replacements are ready since the start. */
const replaced = (gantry: GantryProcess, count: number): Promise<void> =>
  until(
    () => countOf(gantry, /worker \d+ is ready \(pid \d+\)/g) >= count,
    DEADLINE_MS,
    () => `no replacement:\n${gantry.stderr}`,
  )

/** Kibibytes. */
function memoryOf(pid: number, kind: 'Rss' | 'Pss'): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(new RegExp(`^${kind}:\\s+(\\d+) kB`, 'm').exec(rollup)![1])
}

describe('an application that takes 3 s to import', () => {
  let gantry: GantryProcess
  beforeAll(async () => {
    writeFileSync(SLOW_WHILE, '')
    gantry = await startGantry([...PRELOADED, '--workers', '1', '--threads', '2'], {
      env: { ...FIXTURE_ENVIRONMENT, SLOW_WHILE, LEAVES_OPEN: '1' },
    })
  })
  afterAll(() => gantry[Symbol.asyncDispose]())

  test('is imported once, in a process that is none of the workers', async () => {
    const { pid, importedBy, isRunOnce } = await ask(gantry)
    expect(pid).not.toBe(importedBy)
    expect(isRunOnce).toBe(false)
    expect(countOf(gantry, /^\[template\] importing$/gm)).toBe(1)
  })

  test('what its import leaves open is named, once', () => {
    expect(countOf(gantry, /warning --preload: .*left open/g)).toBe(1)
    expect(gantry.stderr).toMatch(
      /the thread "refresher" \(refresh in .*preloaded\.py\), which runs in no worker/,
    )
    expect(gantry.stderr).toMatch(/a TCP socket connected to 127\.0\.0\.1:\d+, held by preloaded, which all/)
    expect(gantry.stderr).toMatch(
      /a TCP socket on 127\.0\.0\.1:\d+, held by preloaded, which all workers share/,
    )
  })

  test.runIf(process.platform === 'linux')('workers share the memory of what was imported', async () => {
    const { pid } = await ask(gantry)
    expect(memoryOf(pid, 'Pss')).toBeLessThan(memoryOf(pid, 'Rss') * 0.75)
  })

  test('a worker that is killed is replaced without another import', async () => {
    const { pid } = await ask(gantry)
    const startMs = performance.now()
    process.kill(pid, 'SIGKILL')
    await replaced(gantry, 1)
    const { pid: next } = await ask(gantry)
    // Far from the 3 s of an import, and from what a machine at its limit may add. The figure itself is measured in bench/faults.
    expect(performance.now() - startMs).toBeLessThan(2_500)
    expect(next).not.toBe(pid)
    expect(gantry.stderr).toMatch(new RegExp(`worker 1 died.* ${pid} .*killed by SIGKILL`))
    expect(countOf(gantry, /importing$/gm)).toBe(1)
  })

  test('the log says how a worker ended', async () => {
    expect((await get(gantry, '/exit')).status).toBe(502)
    await replaced(gantry, 2)
    expect(gantry.stderr).toMatch(/worker 2 died .*exited by itself with status 7/)
    expect((await get(gantry, '/kill')).status).toBe(502)
    await replaced(gantry, 3)
    expect(gantry.stderr).toMatch(/worker 3 died .*SIGSEGV/)
  })

  test('each worker begins with its hooks, and what it prints bears its name', async () => {
    const { pid } = await ask(gantry)
    await get(gantry, '/print')
    await until(
      () =>
        new RegExp(`^\\[worker 4 \\S+\\] printed by ${pid}$`, 'm').test(gantry.stdout) &&
        new RegExp(`^\\[worker 4 \\S+\\] told by ${pid}$`, 'm').test(gantry.stderr),
      DEADLINE_MS,
      () => gantry.stdout + gantry.stderr,
    )
    for (const worker of [1, 2, 3, 4])
      expect(gantry.stdout).toMatch(
        new RegExp(
          `^\\[worker ${worker}\\] after fork: connect\n(.*\n)*?\\[worker ${worker}\\] after fork: warm\n`,
          'm',
        ),
      )
    expect(gantry.stdout).not.toContain('[template] after fork')
  })

  test('a template that is killed is replaced, its workers go on, and are replaced too when they die', async () => {
    rmSync(SLOW_WHILE)
    const { pid, importedBy } = await ask(gantry)
    process.kill(importedBy, 'SIGKILL')
    await gantry.logged(
      new RegExp(
        `error template ${importedBy} ended: killed by SIGKILL, not by gantry.*GANTRY_TEMPLATE_ENDED`,
      ),
    )
    expect((await ask(gantry)).pid).toBe(pid)
    // Nobody is its parent any more; it may die before there is another template.
    process.kill(pid, 'SIGKILL')
    await replaced(gantry, 4)
    const after = await ask(gantry)
    expect([after.pid === pid, after.importedBy === importedBy]).toEqual([false, false])
    expect(gantry.stderr).toMatch(/info the template is ready \(pid \d+\)/)
    expect(countOf(gantry, /\[template\] importing$/gm)).toBe(2)
  })

  test('a template that is held up tells of no end: the end is seen, and a worker asked of it is forked by the next', async () => {
    const { pid, importedBy } = await ask(gantry)
    process.kill(importedBy, 'SIGSTOP')
    process.kill(pid, 'SIGKILL')
    await gantry.logged(new RegExp(`worker 5 died.* ${pid} .*gantry killed it: its control link broke`))
    process.kill(importedBy, 'SIGKILL')
    await replaced(gantry, 5)
    expect((await ask(gantry)).importedBy).not.toBe(importedBy)
    expect(gantry.stderr).not.toContain('cannot start')
  })

  test('in the end each worker calls its hooks, the last registered first, and nobody is left', async () => {
    const { pid, importedBy } = await ask(gantry)
    expect(await gantry.stop()).toEqual({ code: 0, signal: null })
    expect(gantry.stdout).toContain('[worker 6] before exit: disconnect\n')
    expect(gantry.stderr).toContain('[worker 6] before exit: flush\n')
    expect([isAlive(pid), isAlive(importedBy)]).toEqual([false, false])
  })
})

test('a front that is killed takes template and workers with it, and its private directories', async () => {
  using temporary = new TemporaryDirectory()
  await using gantry = await startGantry([...PRELOADED, '--workers', '2'], {
    env: { ...FIXTURE_ENVIRONMENT, TMPDIR: temporary.path },
    hasOwnGroup: true,
  })
  await ask(gantry)
  gantry.child.kill('SIGKILL')
  await until(
    () => !isGroupAlive(gantry.pid) && readdirSync(temporary.path).length === 0,
    DEADLINE_MS,
    () => `left: ${readdirSync(temporary.path).join()}, ${isGroupAlive(gantry.pid) ? 'processes' : ''}`,
  )
})

test('options of workers count, one thread is the main thread, and a reload imports anew', async () => {
  const options = [
    '--workers',
    '1',
    '--threads',
    '1',
    '--lint',
    '--env',
    'COLOUR=green',
    '--request-timeout',
    '500ms',
  ]
  await using gantry = await startGantry([...PRELOADED, ...options], { env: FIXTURE_ENVIRONMENT })
  const before = await ask(gantry)
  expect(before).toMatchObject({ isMainThread: true, colour: 'green' })
  expect(gantry.stderr).not.toContain('left open')
  // The main thread comes back in the middle of a call of the system.
  expect((await get(gantry, '/sleep')).status).toBe(504)
  expect((await ask(gantry)).pid).toBe(before.pid)
  gantry.child.kill('SIGHUP')
  await until(
    async () => (await ask(gantry)).importedBy !== before.importedBy && !isAlive(before.importedBy),
    DEADLINE_MS,
    () => `the old template serves:\n${gantry.stderr}`,
  )
})

test('hooks are called without --preload, too', async () => {
  await using gantry = await startGantry(['preloaded', '--chdir', FIXTURES, '--workers', '1'], {
    env: FIXTURE_ENVIRONMENT,
  })
  const { pid, importedBy } = await ask(gantry)
  expect(importedBy).toBe(pid)
  await gantry.stop()
  const order = [...gantry.stdout.matchAll(/^\[worker 1\] (.*)$/gm)].map(([, text]) => text)
  expect(order).toEqual(['importing', 'after fork: connect', 'after fork: warm', 'before exit: disconnect'])
})

test('an application that cannot be imported is told of once, as is a hook that raises, and an import that takes too long', async () => {
  writeFileSync(SLOW_WHILE, '')
  const one = [...PRELOADED, '--workers', '1']
  const [broken, hook, slow] = await Promise.all([
    runGantry(['specified:nothing', '--preload', '--chdir', FIXTURES, '--workers', '2']),
    runGantry(one, { env: { ...FIXTURE_ENVIRONMENT, BREAKS_AFTER_FORK: '1' } }),
    runGantry([...one, '--boot-timeout', '1s'], { env: { ...FIXTURE_ENVIRONMENT, SLOW_WHILE } }),
  ])
  expect([broken.exit.code, countOf(broken, /has no attribute "nothing"/g)]).toEqual([1, 1])
  expect(hook.exit.code).toBe(1)
  expect(hook.stderr).toMatch(
    /preloaded\.warm, which is called after the fork, raised RuntimeError: nothing to warm/,
  )
  expect(countOf(hook, /^\s*Traceback/gm)).toBe(1)
  expect(slow.exit.code).toBe(1)
  expect(slow.stderr).toMatch(/was not ready within 1 s/)
})

describe.each([
  ['flask', 'app:app'],
  ['django', 'mysite.wsgi:application'],
])('%s', (name, application) => {
  test.runIf(testPython.has(name))('serves from forked workers', async () => {
    const options = ['--preload', '--chdir', `${REPOSITORY}examples/${name}`, '--python', testPython.python]
    await using gantry = await startGantry([application, ...options, '--workers', '2'], {
      env: FIXTURE_ENVIRONMENT,
    })
    expect((await fetch(gantry.url)).status).toBe(200)
    expect(gantry.stderr).not.toContain('left open')
  })
})
