// The open-loop client: what it prints is read, and it charges a server for the requests that its pause has kept waiting.
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'

import {
  parseOpenLoopOutput,
  runOpenLoop,
  type OpenLoad,
  type OpenLoadResult,
} from '../../bench/load/open-loop.ts'
import { readAllowedCores } from '../../bench/processes/core-time.ts'
import { compileOpenLoopClient, OPEN_LOOP_CLIENT } from '../../bench/setup/open-loop-client.ts'

const PERCENTILES = '{"p50":100,"p90":200,"p99":300,"p999":400,"max":500}'
const OUTPUT = `{"due":1000,"answered":990,"failed":4,"unanswered":6,"badStatus":1,"reconnects":2,"sendingSeconds":1.5,"latencyUs":${PERCENTILES},"serviceUs":${PERCENTILES},"lateUs":${PERCENTILES}}\n`

describe('parseOpenLoopOutput', () => {
  test('reads counts and percentiles', () => {
    const { due, answered, failed, unanswered, badStatus, latencyUs } = parseOpenLoopOutput(OUTPUT)
    expect({ due, answered, failed, unanswered, badStatus }).toEqual({
      due: 1000,
      answered: 990,
      failed: 4,
      unanswered: 6,
      badStatus: 1,
    })
    expect(latencyUs).toEqual({ p50: 100, p90: 200, p99: 300, p999: 400, max: 500 })
  })

  test.each(['', 'open-loop: nothing to do', '{}', OUTPUT.replace('"p99":300,', ''), 'null'])(
    'throws where a figure is not there: %s',
    (output) => {
      expect(() => parseOpenLoopOutput(output)).toThrow(/unexpected/)
    },
  )
})

describe.skipIf(process.platform !== 'linux')('the client', () => {
  let server: Server | undefined

  beforeAll(async () => {
    expect(await compileOpenLoopClient(false)).toBeUndefined()
  })

  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
  })

  /** Starts a server that answers so, and puts the load on it. */
  async function loadOn(
    answer: RequestListener,
    load: Pick<OpenLoad, 'connections' | 'ratePerSecond' | 'seconds'>,
  ): Promise<OpenLoadResult> {
    const started = createServer(answer)
    server = started
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
    const { port } = started.address() as AddressInfo
    return await runOpenLoop(
      { program: OPEN_LOOP_CLIENT, port, path: '/', ...load },
      readAllowedCores().join(','),
    )
  }

  /** Answers at once, except that everything waits while it pauses, once. */
  async function loadPausingServer(pauseAt: number, pauseMs: number, close = false): Promise<OpenLoadResult> {
    let requests = 0
    const answer: RequestListener = (_request, response) => {
      requests++
      // The event loop is held up, and with it every client: as a garbage collection would do it.
      if (requests === pauseAt) for (const end = performance.now() + pauseMs; performance.now() < end; );
      response.writeHead(requests % 20 === 0 ? 500 : 200, {
        'Content-Length': '5',
        ...(close ? { Connection: 'close' } : {}),
      })
      response.end('hello')
    }
    return await loadOn(answer, { connections: 2, ratePerSecond: 200, seconds: 1 })
  }

  test('charges a pause to all who were due meanwhile, not only to those who had been sent', async () => {
    const { due, answered, unanswered, failed, latencyUs, serviceUs } = await loadPausingServer(40, 500)
    // On a machine that is very busy some may come to nothing in time; none is lost from the count.
    expect([due, answered + unanswered, failed]).toEqual([200, 200, 0])
    // Half of all requests were due in the pause, and waited half of it on average; only two had been sent.
    expect(latencyUs.p90).toBeGreaterThan(300_000)
    expect(serviceUs.p90).toBeLessThan(latencyUs.p90 / 2)
    expect(latencyUs.max).toBeGreaterThan(490_000)
  })

  test('counts answers that are none, and opens connections anew that the server closes', async () => {
    const { answered, unanswered, failed, badStatus } = await loadPausingServer(0, 0, true)
    expect([answered + unanswered, failed]).toEqual([200, 0])
    // Every twentieth.
    expect(Math.abs(badStatus - answered / 20)).toBeLessThanOrEqual(1)
  })

  test('asks each connection once before it measures', async () => {
    const asked = new Set<unknown>()
    const slowAtFirst: RequestListener = (request, response) => {
      const answer = (): unknown => response.writeHead(200, { 'Content-Length': '0' }).end()
      if (asked.has(request.socket)) answer()
      else setTimeout(answer, 500)
      asked.add(request.socket)
    }
    const { answered, latencyUs } = await loadOn(slowAtFirst, {
      connections: 4,
      ratePerSecond: 50,
      seconds: 0.2,
    })
    expect([asked.size, answered]).toEqual([4, 10])
    expect(latencyUs.max).toBeLessThan(500_000)
  })

  test('counts with the time they waited what is never answered', async () => {
    let requests = 0
    const silentAtLast: RequestListener = (_request, response) => {
      if (++requests <= 100) response.writeHead(200, { 'Content-Length': '0' }).end()
    }
    const { answered, unanswered, latencyUs } = await loadOn(silentAtLast, {
      connections: 4,
      ratePerSecond: 500,
      seconds: 0.5,
    })
    // Each connection was asked once before.
    expect({ answered, unanswered }).toEqual({ answered: 96, unanswered: 154 })
    expect(latencyUs.p50).toBeGreaterThan(2_000_000)
  })
})
