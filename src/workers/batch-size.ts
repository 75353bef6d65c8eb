// How many requests a thread gets at once. Those that travel together cost the front, the system and the interpreter far less than those
// that come one by one, but one behind another on the same thread may wait for it while a different thread is free.
//
// So a batch is to last no longer than BATCH_MICROS; where many wait, no longer than a part of the time that everybody has to wait anyway.

import type { RouteSettings } from '../config/options/routes.ts'
import { type DeadlineSettings, lookEveryMs } from './deadlines.ts'

const BATCH_MICROS = 1_000
const LONGEST_BATCH_MS = 50
const LARGEST_BATCH = 64
const PART_OF_WAIT = 1 / 3

/**
 * How long batches may last where many wait. An answer may wait for the end of its batch, on the account of the request's deadline; and a request
 * that comes first in the queue still waits for a thread.
 */
export function longestBatchMs(settings: DeadlineSettings, routes: readonly RouteSettings[]): number {
  if (routes.some(({ priority }) => priority !== undefined)) return 0
  return Math.min(LONGEST_BATCH_MS, lookEveryMs(settings, routes))
}

/** As many as take no longer than a wait that nobody notices, if each takes `expectedMicros`, judged pessimistically; one if that is infinite. */
export function quickBatch(expectedMicros: number): number {
  return requestsWithin(BATCH_MICROS, expectedMicros)
}

/**
 * As many as the first in the queue, which has waited for `waitedMs`, hardly notices any more. Judged by the average, `meanMicros`: as this is
 * about the sum of several, and a batch that lasts longer is broken up.
 */
export function slowBatch(meanMicros: number, waitedMs: number, longestMs: number): number {
  return requestsWithin(Math.min(waitedMs * PART_OF_WAIT, longestMs) * 1_000, meanMicros)
}

function requestsWithin(micros: number, eachMicros: number): number {
  return Math.max(1, Math.min(LARGEST_BATCH, Math.floor(micros / Math.max(1, eachMicros))))
}
