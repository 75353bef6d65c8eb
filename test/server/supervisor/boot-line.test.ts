import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { RewrittenLine } from '../../../src/observe/rewritten-line.ts'
import { bootText, withBootLine } from '../../../src/server/supervisor/boot-line.ts'
import type { BootProgress } from '../../../src/workers/boot-progress.ts'

const ERASE = '\r\u001b[K'
const slow = (forMs: number): BootProgress => ({
  ready: 3,
  wanted: 4,
  slowest: { worker: 2, pid: 4711, forMs },
})

test.each<[string, number, readonly BootProgress[], string | undefined]>([
  ['nobody has told anything', 1, [], undefined],
  ['there are no workers', 1, [{ ready: 0, wanted: 0, slowest: undefined }], undefined],
  ['one is slow', 1, [slow(6_400)], 'starting: 3 of 4 workers ready, worker 2 (pid 4711) booting for 6 s'],
  [
    'a template imports',
    1,
    [{ ready: 0, wanted: 1, slowest: { worker: undefined, pid: 17, forMs: 900 } }],
    'starting: 0 of 1 worker ready, the template (pid 17) booting for 1 s',
  ],
  ['all are ready', 1, [{ ready: 2, wanted: 2, slowest: undefined }], 'starting: 2 of 2 workers ready'],
  [
    'a later generation has several fronts',
    12,
    [slow(1_000), { ready: 0, wanted: 4, slowest: { worker: 1, pid: 99, forMs: 61_000 } }],
    'generation 12: 3 of 8 workers ready, worker 1 (pid 99) booting for 61 s',
  ],
])('where %s', (_state, number, boots, text) => {
  expect(bootText({ number, boots })).toBe(text)
  expect(text?.length ?? 0).toBeLessThan(80)
})

describe('while a generation boots', () => {
  let written: string[]
  beforeEach(() => {
    written = []
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
  })
  afterEach(() => void vi.useRealTimers())

  const line = new RewrittenLine({ write: (text) => written.push(text) })
  const never = new Promise<string>(() => undefined)

  test('the line follows it, and is gone before anything comes of it', async () => {
    const generation = { number: 1, boots: [] as BootProgress[] }
    let finish: (text: string) => void = () => undefined
    const work = withBootLine(line, generation, new Promise<string>((resolve) => (finish = resolve)))
    for (const [state, ms] of [
      [slow(100), 499],
      [slow(1_000), 1],
      [slow(2_000), 200],
    ] as const) {
      generation.boots = [state]
      await vi.advanceTimersByTimeAsync(ms)
    }
    const text = (seconds: number): string =>
      `${ERASE}starting: 3 of 4 workers ready, worker 2 (pid 4711) booting for ${seconds} s`
    expect(written).toEqual([text(1), text(2)])
    const listeners = process.listenerCount('exit')
    finish('ready')
    expect(await work).toBe('ready')
    expect([written.at(-1), process.listenerCount('exit')]).toEqual([ERASE, listeners - 1])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(written).toHaveLength(3)
  })

  test('nothing is written of one that is quick, or that cannot start before', async () => {
    const generation = { number: 1, boots: [slow(0)] }
    expect(await withBootLine(line, generation, Promise.resolve(7))).toBe(7)
    await expect(withBootLine(line, generation, Promise.reject(new Error('no')))).rejects.toThrow('no')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(written).toEqual([])
  })

  test('nothing is written where there is no terminal', async () => {
    void withBootLine(undefined, { number: 1, boots: [slow(0)] }, never)
    await vi.advanceTimersByTimeAsync(1_000)
    expect([written, vi.getTimerCount()]).toEqual([[], 0])
  })
})
