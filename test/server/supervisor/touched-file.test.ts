import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { watchTouches } from '../../../src/server/supervisor/touched-file.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'
import { until } from '../../harness/until.ts'

test('each change of the time counts once: touched, made, replaced, even by an older file; a removal does not', async () => {
  using directory = new TemporaryDirectory()
  const path = directory.join('touch-me')
  let touches = 0
  const stop = watchTouches(path, () => touches++, 20)
  const seen = async (count: number): Promise<void> => {
    await until(
      () => touches === count,
      10_000,
      () => `${touches} touches instead of ${count}`,
    )
  }
  writeFileSync(path, '')
  await seen(1)
  utimesSync(path, 2_000_000_000, 2_000_000_000)
  await seen(2)
  rmSync(path)
  // Long enough to be looked at in between: it comes back as it was.
  await new Promise((resolve) => setTimeout(resolve, 100))
  writeFileSync(path, '')
  utimesSync(path, 2_000_000_000, 2_000_000_000)
  writeFileSync(directory.join('older'), '')
  utimesSync(directory.join('older'), 1_000_000_000, 1_000_000_000)
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(touches).toBe(2)
  renameSync(directory.join('older'), path)
  await seen(3)
  stop()
})
