// What a worker's answer says of its health.

import { expect, test } from 'vitest'
import { HealthProbe } from '../../src/workers/health-probe.ts'

const probe = (): HealthProbe =>
  new HealthProbe({ path: '/health', serverName: 'localhost', serverPort: '8000', scriptName: '/shop' })

test('is asked for under the mount prefix', () => {
  expect(probe().target).toBe('/shop/health')
})

test('is taken for ill when nothing came in time, whatever comes later', async () => {
  const waiting = probe()
  waiting.giveUp()
  waiting.fail(500)
  expect(await waiting.outcome).toBe('was not answered in time')
  expect(waiting.client).toBe('gone')
})

test('is taken for ill when the application failed', async () => {
  const failed = probe()
  failed.fail(500)
  expect(await failed.outcome).toBe('was answered 500')
})
