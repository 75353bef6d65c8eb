import { describe, expect, test } from 'vitest'
import { statusText } from '../../src/cli/status-text.ts'
import type { FrontStatus, SupervisedFront } from '../../src/server/controlled.ts'
import {
  NOW_MS,
  frontStatus,
  poolStatus,
  serverStatus,
  supervisedFront,
  workerStatus,
} from './server-status.ts'

process.env.TZ = 'UTC'

describe('gantry status', () => {
  test('is one screen for a server with one front', () => {
    const status = serverStatus({
      lastReload: {
        atMs: NOW_MS - 61_000,
        outcome: { isDone: false, reason: 'Traceback:\n  line 1\nImportError: no shop\n' },
      },
      deaths: [{ front: 1, pid: 4700, atMs: NOW_MS - 90_000_000, cause: 'signal SIGSEGV' }],
      fronts: [
        supervisedFront({
          status: frontStatus({
            pools: [
              poolStatus({
                deaths: [
                  {
                    worker: 2,
                    pid: 4713,
                    atMs: NOW_MS - 30_000,
                    cause: 'the kernel killed it: out of memory',
                    lost: 2,
                  },
                ],
              }),
            ],
          }),
        }),
      ],
    })
    expect(statusText(status, NOW_MS)).toMatchInlineSnapshot(`
      "gantry 0.1.0 (pid 4711)
        application  shop.wsgi:application
        listening    http://127.0.0.1:8000
        state        serving, generation 3, up 1 d 2 h
        last reload  2026-11-20 11:58:59, 1 min ago: failed: ImportError: no shop

      front   pid  state    age  connections  requests    rate     RSS     PSS
      1      4712  serving  1 h           12   123,456  41.7/s  90 MiB  70 MiB

        workers      2 to 8
        memory       70 MiB together, 160 MiB if nothing were shared
        queue        3 of at most 1,024 wait, the oldest for 45.2 ms
        last minute  requests     p50      p90     p99  longest
        application     2,500  4.2 ms  18.4 ms  210 ms   1.23 s
        queue           2,500    0 ms   0.3 ms   12 ms    48 ms

      worker   pid  state     age  requests  busy     RSS     PSS
      1       4713  ready  59 min    60,000   1/4  80 MiB  35 MiB
      2       4714  ready  59 min    63,456   4/4  80 MiB  35 MiB

      last deaths                       who        pid  cause
      2026-11-20 11:59:30     30 s ago  worker 2  4713  the kernel killed it: out of memory (2 requests lost)
      2026-11-19 11:00:00  1 d 1 h ago  front 1   4700  signal SIGSEGV
      "
    `)
  })

  test('tells fronts apart where there are several, and those of a generation that goes', () => {
    const pools = [poolStatus({ workers: [workerStatus()], fewest: 1, most: 1, queued: 0, oldestWaitMs: 0 })]
    const status = serverStatus({
      state: 'reloading',
      lastReload: { atMs: NOW_MS - 5_000, outcome: { isDone: true, generation: 3 } },
      fronts: [
        supervisedFront({ generation: 2, state: 'draining', status: frontStatus({ pools }) }),
        supervisedFront({
          number: 2,
          pid: 4720,
          state: 'booting',
          status: undefined,
          rssBytes: 0,
          pssBytes: 0,
        }),
        supervisedFront({ number: 3, pid: 4721, status: undefined }),
        supervisedFront({ number: 4, pid: 4722, status: frontStatus({ isReady: false, pools }) }),
      ],
    })
    expect(statusText(status, NOW_MS)).toMatchInlineSnapshot(`
      "gantry 0.1.0 (pid 4711)
        application  shop.wsgi:application
        listening    http://127.0.0.1:8000
        state        reloading, generation 3, up 1 d 2 h
        last reload  2026-11-20 11:59:55, 5 s ago: done

      front               pid  state      age  connections  requests    rate     RSS     PSS
      1 of generation 2  4712  draining   1 h           12   123,456  41.7/s  90 MiB  70 MiB
      2                  4720  booting    1 h            -         -               -       -
      3                  4721  held up    1 h            -         -          90 MiB  70 MiB
      4                  4722  not ready  1 h           12   123,456  41.7/s  90 MiB  70 MiB

      front 1 of generation 2: shop.wsgi:application
        workers      1
        memory       35 MiB together, 80 MiB if nothing were shared
        queue        0 of at most 1,024 wait
        last minute  requests     p50      p90     p99  longest
        application     2,500  4.2 ms  18.4 ms  210 ms   1.23 s
        queue           2,500    0 ms   0.3 ms   12 ms    48 ms

      front 4: shop.wsgi:application
        workers      1
        memory       35 MiB together, 80 MiB if nothing were shared
        queue        0 of at most 1,024 wait
        last minute  requests     p50      p90     p99  longest
        application     2,500  4.2 ms  18.4 ms  210 ms   1.23 s
        queue           2,500    0 ms   0.3 ms   12 ms    48 ms

      front              worker   pid  state     age  requests  busy     RSS     PSS
      1 of generation 2  1       4713  ready  59 min    60,000   1/4  80 MiB  35 MiB
      4                  1       4713  ready  59 min    60,000   1/4  80 MiB  35 MiB
      "
    `)
  })

  test('counts the memory of the process that workers are forked from', () => {
    const template = { pid: 4712, rssBytes: 50 * 1024 * 1024, pssBytes: 20 * 1024 * 1024 }
    const pool = poolStatus({ workers: [workerStatus()], template })
    const text = statusText(
      serverStatus({ fronts: [supervisedFront({ status: frontStatus({ pools: [pool] }) })] }),
      NOW_MS,
    )
    expect(text).toMatch(/^ {2}template {5}pid 4712\n {2}memory {7}55 MiB together, 130 MiB if nothing/m)
  })

  test('adds up what the fronts have refused, by its code', () => {
    const refusing = (...refusals: FrontStatus['refusals']): SupervisedFront =>
      supervisedFront({ status: frontStatus({ pools: [], refusals }) })
    const fronts = [
      refusing({ code: 'HEAD_TIMEOUT', count: 1_200 }, { code: 'GANTRY_QUEUE_FULL', count: 7 }),
      refusing({ code: 'GANTRY_QUEUE_FULL', count: 1_500 }),
    ]
    expect(statusText(serverStatus({ fronts }), NOW_MS)).toMatch(
      /^refused\nGANTRY_QUEUE_FULL  1,507\nHEAD_TIMEOUT       1,200$/m,
    )
  })

  test('has no workers to show for a TypeScript application', () => {
    const text = statusText(
      serverStatus({ fronts: [supervisedFront({ status: frontStatus({ pools: [] }) })] }),
      NOW_MS,
    )
    expect(text).not.toMatch(/worker|queue/)
  })

  test('shows what an application has written into a cause, but lets no terminal act on it', () => {
    const deaths = [{ front: 1, pid: 1, atMs: NOW_MS, cause: 'evil \u001b[2J\nline' }]
    expect(statusText(serverStatus({ deaths }), NOW_MS)).toMatch(/evil {2}\[2J line$/m)
  })
})
