import { expect, test } from 'vitest'
import { collectGarbage } from '../../src/io/collect-garbage.ts'
import { until } from '../harness/until.ts'

/** Bytes of a crowd of buffers that nobody holds any more when this returns. */
function leaveGarbage(): number {
  const buffers = Array.from({ length: 200 }, () => Buffer.alloc(262_144))
  return buffers.reduce((bytes, buffer) => bytes + buffer.length, 0)
}

test('gives back what nobody holds any more', async () => {
  const before = process.memoryUsage().arrayBuffers
  const left = leaveGarbage()
  expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThan(left / 2)
  collectGarbage()
  // V8 frees what it has found on a thread of its own.
  await until(
    () => process.memoryUsage().arrayBuffers - before < left / 10,
    10_000,
    () => `${process.memoryUsage().arrayBuffers - before} bytes are left`,
  )
})
