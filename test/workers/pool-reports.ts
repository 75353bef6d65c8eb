// Reports of a pool for tests that care for some of them only: nothing is told.

import type { PoolReports } from '../../src/workers/pool.ts'

const ignore = (): void => undefined

export const SILENT_REPORTS: PoolReports = {
  application: ignore,
  queueFull: ignore,
  queueTimeout: ignore,
  interrupted: ignore,
  printed: ignore,
  ready: ignore,
  slowBoot: ignore,
  bootFailed: ignore,
  died: ignore,
  lostLater: ignore,
  recycling: ignore,
  retiring: ignore,
  stuck: ignore,
  countChanged: ignore,
  resized: ignore,
  preload: { printed: ignore, leftOpen: ignore, died: ignore, replaced: ignore, bootFailed: ignore },
}
