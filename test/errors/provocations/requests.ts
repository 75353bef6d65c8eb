// Requests that are not answered as their client wished. Most users meet them in the log.

import type { Socket } from 'node:net'
import { Places } from '../../../src/adapters/cgi/places.ts'
import { connectTo, parseServerAddress } from '../../../src/adapters/fastcgi/server-address.ts'
import { fetchRequestBody } from '../../../src/adapters/fetch/fetch-request-body.ts'
import { type CgiOptions, cgiScript, fastcgi } from '../../../src/adapters/index.ts'
import { GantryError } from '../../../src/errors.ts'
import { pythonApplication } from '../../../src/index.ts'
import { Refusals } from '../../../src/observe/refusals.ts'
import { Teller } from '../../../src/observe/teller.ts'
import { gatewayReports, poolReports } from '../../../src/server/reports.ts'
import { testClient } from '../../../src/testing/index.ts'
import { type PoolSettings, WorkerPool } from '../../../src/workers/pool.ts'
import { FakeServer } from '../../adapters/fastcgi/fake-server.ts'
import { ManualClock } from '../../harness/manual-clock.ts'
import { recordedLog } from '../../harness/recorded-log.ts'
import { until } from '../../harness/until.ts'
import { FakeExchange } from '../../workers/fake-exchange.ts'
import { POOL_SETTINGS } from '../../workers/pool-settings.ts'
import type { Provocation, Provocations } from '../provocation.ts'

const DEADLINE_MS = 10_000

function observed() {
  const log = recordedLog()
  const teller = new Teller(new ManualClock())
  return { log, teller, refusals: new Refusals(log, teller), accessLog: undefined, workerDeaths: 0 }
}

/** What the log and the client get of one request to a pool that has no thread. */
const queued =
  (settings: Partial<PoolSettings>): Provocation =>
  async () => {
    const parts = observed()
    const made = new WorkerPool({ ...POOL_SETTINGS, ...settings }, poolReports(parts))
    const exchange = new FakeExchange()
    try {
      made.handle(exchange)
      await until(
        () => parts.log.lines.length > 0,
        DEADLINE_MS,
        () => exchange.events.join(),
      )
    } finally {
      made.kill()
    }
    return [...parts.log.lines, `the client: ${exchange.events.join(', ')}`].join('\n')
  }

/** What the log and the client get of a script. */
const script =
  (lines: readonly string[], options: CgiOptions = {}, mode = 0o755): Provocation =>
  async (place) => {
    const path = place.file('cgi-bin/report', lines, mode)
    const answer = await testClient(cgiScript(path, options), { passthroughErrors: false }).get('/')
    return `${answer.errors}answered ${answer.status}`
  }

const connection = (address: string): Promise<Socket> => connectTo(parseServerAddress(address), 1_000)

export const REQUESTS: Provocations = {
  GANTRY_QUEUE_FULL: { 'all threads are busy': queued({ queueSize: 0 }) },
  GANTRY_QUEUE_TIMEOUT: { 'no thread becomes free': queued({ queueTimeoutMs: 50 }) },
  GANTRY_APPLICATION_CLOSED: {
    'it is started after its end': async () => {
      const application = pythonApplication('shop')
      await application.close()
      await application.ready()
    },
  },
  GANTRY_SERVER_STOPPED: {
    'it is cut at the end': () => {
      const parts = observed()
      const request = { id: 'a1', method: 'GET', target: '/export', ageMs: 31_400 }
      for (const hasBegun of [false, true]) gatewayReports(parts).cancelled({ ...request, hasBegun })
      return parts.log.lines.join('\n')
    },
  },
  GANTRY_BODY_ALREADY_READ: {
    'by something in front': async () => {
      const request = new Request('http://shop.example/upload', { method: 'POST', body: '{}' })
      await request.text()
      return fetchRequestBody(request)
    },
  },
  GANTRY_STATIC_FILE_FAILED: {
    'it belongs to somebody else': () => {
      const parts = observed()
      const reason = "EACCES: permission denied, open '/srv/shop/public/a.css'"
      const error = new GantryError('GANTRY_STATIC_FILE_FAILED', { path: '/srv/shop/public/a.css', reason })
      gatewayReports(parts).staticFileFailed(new FakeExchange(), error)
      return parts.log.lines.join('\n')
    },
  },
  GANTRY_UPSTREAM_UNREACHABLE: {
    'a script that is not executable': script(['#!/bin/sh'], {}, 0o644),
    'a script whose interpreter is gone': script(['#!/nowhere/at/all']),
    'a FastCGI server that is not there': (place) => connection(`unix:${place.join('php.sock')}`),
  },
  GANTRY_UPSTREAM_ANSWER_BAD: {
    'a script that says nothing': script(['#!/bin/sh', 'exit 3']),
    'a script that sends no headers': script(['#!/bin/sh', 'echo hello']),
  },
  GANTRY_UPSTREAM_TIMEOUT: {
    'a script that sleeps': script(['#!/bin/sh', 'exec sleep 60'], { timeout: '200ms' }),
  },
  GANTRY_UPSTREAM_BUSY: {
    'as many as may are with it': async () => {
      const places = new Places('the script /srv/cgi/report', { places: 1, queueSize: 0, queueTimeoutMs: 0 })
      await places.take(undefined)
      return await places.take(undefined)
    },
  },
  GANTRY_UPSTREAM_QUEUE_TIMEOUT: {
    'no place becomes free': async () => {
      const places = new Places('the script /srv/cgi/report', { places: 1, queueSize: 1, queueTimeoutMs: 50 })
      await places.take(undefined)
      return await places.take(undefined)
    },
  },
  GANTRY_UPSTREAM_OVERLOADED: {
    'it says so': async () => {
      await using server = await FakeServer.start(async (fake) => {
        await fake.request()
        fake.send(3, Buffer.from([0, 0, 0, 0, 2, 0, 0, 0]))
      })
      const answer = await testClient(fastcgi(server.address), { passthroughErrors: false }).get('/')
      return `${answer.errors}answered ${answer.status}`.replaceAll(server.address, 'unix:/run/php.sock')
    },
  },
}
