import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { sumOf, tellBoot } from '../../src/server/tell-boot.ts'
import type { BootProgress } from '../../src/workers/boot-progress.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

const boot = (ready: number, wanted: number, slowest?: readonly [number, number]): BootProgress => ({
  ready,
  wanted,
  slowest: slowest && { worker: slowest[0], pid: 100 + slowest[0], forMs: slowest[1] },
})

describe('how far workers are', () => {
  test('is told when another is ready or the slowest, and not as time goes by', () => {
    const python = { boot: undefined as BootProgress | undefined }
    const told: BootProgress[] = []
    const end = tellBoot([python], (each) => told.push(each))
    const states = [boot(0, 2, [1, 100]), boot(0, 2, [1, 200]), boot(1, 2, [2, 300]), boot(2, 2)]
    for (const state of [undefined, ...states]) {
      python.boot = state
      vi.advanceTimersByTime(100)
    }
    expect(told).toEqual([boot(0, 0), states[0], states[2], states[3]])
    end()
    python.boot = boot(0, 4)
    vi.advanceTimersByTime(1_000)
    expect(told).toHaveLength(4)
  })

  test('is the sum of several applications, of whose slowest the slowest is told', () => {
    expect(sumOf([])).toEqual(boot(0, 0))
    expect(sumOf([boot(1, 2, [2, 500]), boot(0, 3, [1, 900]), boot(1, 1)])).toEqual(boot(2, 6, [1, 900]))
  })
})
