// Waiting for a fact that may as well not come about: unlike the harness's `until`, not coming about is a figure, not a failure.
import { setTimeout as sleep } from 'node:timers/promises'

const POLL_MS = 50

/** Resolves to true as soon as `isTrue` is, to false at the deadline. */
export async function settles(
  isTrue: () => boolean | Promise<boolean>,
  deadlineMs: number,
): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  while (!(await isTrue())) {
    if (performance.now() > deadline) return false
    await sleep(POLL_MS)
  }
  return true
}
