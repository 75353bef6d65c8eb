// The process of a worker that somebody else has forked: what its owner is told, and that no signal goes astray.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, test } from 'vitest'
import type { ChildExit } from '../../src/workers/child.ts'
import { ForkedChild, exitOf } from '../../src/workers/forked-child.ts'
import { STATUS_UNKNOWN } from '../../src/workers/frames.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 5_000

const started: ChildProcess[] = []
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

async function startProcess(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  started.push(child)
  await once(child, 'spawn')
  return child as ChildProcess & { readonly pid: number }
}

interface Owned {
  readonly child: ForkedChild
  readonly ends: ChildExit[]
  readonly failures: Error[]
}

function own(): Owned {
  const ends: ChildExit[] = []
  const failures: Error[] = []
  const child = new ForkedChild(1, {
    printed: () => undefined,
    notStarted: (error) => failures.push(error),
    ended: (exit) => ends.push(exit),
  })
  return { child, ends, failures }
}

const told = (ends: readonly unknown[]): Promise<void> =>
  until(
    () => ends.length > 0,
    DEADLINE_MS,
    () => 'its end is not told',
  )

test.each<[string, number, ChildExit]>([
  ['ended by itself', 0, { code: 0, signal: null }],
  ['a status', 7 << 8, { code: 7, signal: null }],
  ['the largest status', 255 << 8, { code: 255, signal: null }],
  ['killed', 9, { code: null, signal: 'SIGKILL' }],
  ['a fault that left a core', 11 | 0x80, { code: null, signal: 'SIGSEGV' }],
  ['somebody else has waited for it', STATUS_UNKNOWN, { code: null, signal: null }],
])('the status of waitpid: %s', (_, status, exit) => {
  expect(exitOf(status)).toEqual(exit)
})

describe('a child', () => {
  test('that waits for a template is given up without one', async () => {
    const { child, ends } = own()
    child.kill('SIGKILL')
    expect([child.hasEnded, child.beginFork()]).toEqual([true, false])
    await child.whenEnded
    await told(ends)
    expect(ends).toEqual([{ code: null, signal: 'SIGKILL' }])
  })

  test('is asked for once, and killed as soon as it is there when it was given up meanwhile', async () => {
    const process = await startProcess()
    const { child } = own()
    expect([child.beginFork(), child.beginFork()]).toEqual([true, false])
    child.kill('SIGKILL')
    expect(child.hasEnded).toBe(false)
    child.forked(process.pid)
    expect((await once(process, 'exit'))[1]).toBe('SIGKILL')
  })

  test('that could not be forked is no process', async () => {
    const { child, ends, failures } = own()
    child.beginFork()
    child.failed(new Error('no memory'))
    await child.whenEnded
    expect([child.hasEnded, failures[0]?.message, ends]).toEqual([true, 'no memory', []])
  })

  test('whose end is told gets no signal any more: its number may be another process', async () => {
    const another = await startProcess()
    const { child, ends } = own()
    child.beginFork()
    child.forked(another.pid)
    child.ended(0)
    child.kill('SIGKILL')
    await told(ends)
    expect(another.exitCode ?? another.signalCode).toBe(null)
    expect(ends).toEqual([{ code: 0, signal: null }])
  })

  test('that was asked of a template which ends without an answer is asked of the next, unless it was given up', async () => {
    const { child, ends } = own()
    child.beginFork()
    child.templateEnded()
    expect([child.hasEnded, child.beginFork()]).toEqual([false, true])
    child.kill('SIGKILL')
    expect(child.hasEnded).toBe(false)
    child.templateEnded()
    await told(ends)
    expect([child.beginFork(), ends]).toEqual([false, [{ code: null, signal: 'SIGKILL' }]])
  })

  test.runIf(process.platform === 'linux')(
    'that is killed has ended, though its template does not say so',
    async () => {
      const process = await startProcess()
      const { child, ends } = own()
      child.beginFork()
      child.forked(process.pid)
      child.kill('SIGKILL')
      await told(ends)
      expect(ends).toEqual([{ code: null, signal: 'SIGKILL' }])
      child.ended(9)
      expect(ends).toHaveLength(1)
    },
  )

  test('that nobody was asked for yet outlives a template', () => {
    const { child } = own()
    child.templateEnded()
    expect([child.hasEnded, child.beginFork()]).toEqual([false, true])
  })

  test('lives on when its template ends; its end is seen, and it can be killed', async () => {
    const process = await startProcess()
    const { child, ends } = own()
    child.beginFork()
    child.forked(process.pid)
    child.templateEnded()
    expect(child.hasEnded).toBe(false)
    child.kill('SIGKILL')
    await told(ends)
    expect([child.hasEnded, ends]).toEqual([true, [{ code: null, signal: null }]])
  })

  test.runIf(process.platform === 'linux')('is not taken for a later process of its number', async () => {
    const { child, ends } = own()
    child.beginFork()
    // It has ended before anybody looked.
    const ended = await startProcess()
    ended.kill('SIGKILL')
    await once(ended, 'exit')
    child.forked(ended.pid)
    child.templateEnded()
    await told(ends)
    expect(child.hasEnded).toBe(true)
  })
})
