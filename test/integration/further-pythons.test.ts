// The worker with the oldest and the newest Python that are here, and without the interpreter's lock where there is such a Python.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { openControlClient } from '../../src/server/control/client.ts'
import { FIXTURES, FIXTURE_ENVIRONMENT, get } from '../harness/fixtures.ts'
import { furtherPythons } from '../harness/further-pythons.ts'
import { REPOSITORY, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const found = furtherPythons()
// What is nearest to the interpreter: threads and exceptions in them, forks, frames, tracebacks, imports.
const NEAREST = ['test_interrupts', 'test_template', 'test_frames', 'test_tracebacks', 'test_loader']

if (found.length === 0) test.skip('no Python is here besides the one that all tests use')

describe.each(found.map((python) => ({ ...python, name: nameOf(python) })))(
  'Python $name',
  ({ path, minor, isFreeThreaded }) => {
    test("passes the worker's own tests", { timeout: 120_000 }, async () => {
      const { stderr } = await promisify(execFile)(path, ['-m', 'unittest', ...NEAREST], {
        cwd: `${REPOSITORY}/test/python`,
      })
      expect(stderr).toMatch(/^OK/m)
    })

    test.each([[[]], [['--preload']]])(
      'serves, interrupts, tells stacks and replaces workers %j',
      { timeout: 90_000 },
      async (options) => {
        using directory = new TemporaryDirectory()
        const socket = directory.join('control')
        await using gantry = await startGantry(
          [
            ...['takes_its_time', '--chdir', FIXTURES, '--python', path, '--control-socket', socket],
            ...['--workers', '1', '--threads', '3', '--request-timeout', '1s', ...options],
          ],
          { env: FIXTURE_ENVIRONMENT },
        )
        const [, version, kind = ''] =
          /^ {2}python +3\.(\d+)\.\S+( free-threaded)? \(/m.exec(gantry.stderr) ?? []
        expect([Number(version), kind !== '']).toEqual([minor, isFreeThreaded])
        const { text: pid } = await get(gantry, '/')
        expect((await get(gantry, '/loops')).status).toBe(504)
        await gantry.logged(/GET \/loops, .*; its thread is interrupted: (gantry-\d|MainThread);/)
        await gantry.logged(/File ".*takes_its_time\.py", line \d+, in loops\n/)
        // The same process serves on.
        expect((await get(gantry, '/')).text).toBe(pid)

        const sleeps = get(gantry, '/sleeps')
        const client = await openControlClient(socket)
        let dump = ''
        await until(
          async () => (dump = await client.ask({ command: 'dump' })).includes('in sleeps\n'),
          10_000,
          () => dump,
        )
        client.close()
        expect((await sleeps).status).toBe(504)

        process.kill(Number(pid), 'SIGKILL')
        await gantry.logged(/worker 2 is ready/)
        expect((await get(gantry, '/')).text).not.toBe(pid)
        expect(await gantry.stop()).toEqual({ code: 0, signal: null })
      },
    )
  },
)

function nameOf({ minor, isFreeThreaded }: (typeof found)[number]): string {
  return `3.${minor}${isFreeThreaded ? ' free-threaded' : ''}`
}
