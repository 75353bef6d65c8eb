import { spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { MAIN, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

/** Runs a command as process 1 of its own namespace, as a container does; it ends with unshare. */
const AS_PROCESS_ONE = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc']
const canHaveNamespaces = spawnSync(AS_PROCESS_ONE[0]!, [...AS_PROCESS_ONE.slice(1), 'true']).status === 0

// Each request leaves an orphan behind, which ends as soon as it is one.
const LEAVES_ORPHANS = `
import os, subprocess, sys

ORPHAN = """
import os, time
parent = os.getpid()
if os.fork() == 0:
    while os.getppid() == parent:
        time.sleep(0.01)
"""

def application(environ, start_response):
    subprocess.run([sys.executable, "-c", ORPHAN])
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"left one behind"]
`

describe('as process 1 of a container', () => {
  test.skipIf(!canHaveNamespaces)('gantry leaves no zombies, and stops as it does everywhere', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('app.py'), LEAVES_ORPHANS)
    await using gantry = await startGantry(['app', '--workers', '1'], {
      cwd: directory.path,
      command: [...AS_PROCESS_ONE, process.execPath, MAIN],
    })
    const first = childrenOf(gantry.pid)[0]!
    for (let request = 0; request < 3; request++)
      expect(await (await fetch(gantry.url)).text()).toBe('left one behind')
    await until(
      () => statesBelow(first).every(({ state }) => state !== 'Z'),
      10_000,
      () => `zombies: ${JSON.stringify(statesBelow(first))}`,
    )
    process.kill(first, 'SIGTERM')
    await gantry.logged(/ stopping \(SIGTERM\): finishing what was accepted/m)
    expect((await gantry.exited).code).toBe(0)
  })

  test.skipIf(!canHaveNamespaces)('it says so where it cannot do what process 1 has to', async () => {
    await using gantry = await startGantry(
      ['test/fixtures/applications/answers_hello.ts', '--fronts', '1', '--python', '/nonexistent/python'],
      { command: [...AS_PROCESS_ONE, process.execPath, MAIN] },
    )
    expect(
      gantry.stderr.match(/this is process 1, and there is no Python .* docker run --init/g),
    ).toHaveLength(1)
    process.kill(childrenOf(gantry.pid)[0]!, 'SIGTERM')
    expect((await gantry.exited).code).toBe(0)
  })
})

interface ProcessState {
  readonly pid: number
  readonly state: string
}

function statesBelow(pid: number): readonly ProcessState[] {
  return childrenOf(pid).flatMap((child) => [{ pid: child, state: stateOf(child) }, ...statesBelow(child)])
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' '))
      .filter((text) => text !== '')
      .map(Number)
  } catch {
    return []
  }
}

function stateOf(pid: number): string {
  try {
    return /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? ''
  } catch {
    return ''
  }
}
