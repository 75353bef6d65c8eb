import { describe, expect, test } from 'vitest'
import { type Sample, ratesBetween, topLines } from '../../src/cli/top-screen.ts'
import {
  NOW_MS,
  frontStatus,
  poolStatus,
  serverStatus,
  supervisedFront,
  workerStatus,
} from './server-status.ts'

const SIZE = { columns: 200, rows: 50 }

const sample = (atMs: number, frontRequests: number, workerRequests: readonly number[]): Sample => ({
  atMs,
  status: serverStatus({
    fronts: [
      supervisedFront({
        status: frontStatus({
          requests: frontRequests,
          pools: [
            poolStatus({
              workers: workerRequests.map((requests, index) =>
                workerStatus({ number: index + 1, pid: 5000 + index, requests }),
              ),
            }),
          ],
        }),
      }),
    ],
  }),
})

describe('gantry top', () => {
  test('computes rates from the difference of two looks', () => {
    const before = sample(10_000, 1_000, [700, 300])
    const now = sample(12_000, 1_500, [800, 200, 50])
    expect(Object.fromEntries(ratesBetween(before, now))).toEqual({ 4712: 250, 5000: 50 })
    expect(ratesBetween(now, now).size).toBe(0)
  })

  test('shows everything at one look', () => {
    const lines = topLines(sample(12_000, 1_500, [800]), sample(10_000, 1_000, [700]), NOW_MS, SIZE)
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "shop.wsgi:application  pid 4711  serving, generation 3, up 1 d 2 h
      250/s  12 connections  105 MiB in memory (PSS)
      busy 1/4  queue 3/1,024, oldest 45.2 ms  application p50 4.2 ms, p99 210 ms, longest 1.23 s  waited p99 12 ms

      front   pid  state    age  connections  requests   rate     RSS     PSS
      1      4712  serving  1 h           12     1,500  250/s  90 MiB  70 MiB

      worker   pid  state     age  requests  rate  busy     RSS     PSS
      1       5000  ready  59 min       800  50/s   1/4  80 MiB  35 MiB"
    `)
  })

  test('fits the terminal', () => {
    const now = sample(
      12_000,
      1_500,
      Array.from({ length: 100 }, (_, index) => index),
    )
    const lines = topLines(now, undefined, NOW_MS, { columns: 60, rows: 20 })
    expect(lines).toHaveLength(20)
    expect(Math.max(...lines.map((line) => line.length))).toBe(60)
    expect(lines.at(-1)).toBe('(89 more lines)')
  })
})
