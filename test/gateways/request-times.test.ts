import { expect, test } from 'vitest'
import { RequestTimes } from '../../src/gateways/request-times.ts'

/** Number of a worker, or that it waits for one, and when it was told; at once without that. */
type HandedTo = readonly [worker: number | undefined, nowMs?: number]

test.each<[string, readonly HandedTo[], number | undefined, readonly number[], number | undefined]>([
  ['waited, was run, was slowly taken', [[3, 1_020]], 1_070, [20, 50, 30], 3],
  ['is still run', [[3, 1_020]], undefined, [20, 80, 0], 3],
  ['was begun at once', [[3]], 1_100, [0, 100, 0], 3],
  ['was never handed to anybody', [], 1_100, [100, 0, 0], undefined],
  ['waits again, for another thread', [[3, 1_020], [undefined]], undefined, [100, 0, 0], 3],
  [
    'was given to a second worker',
    [
      [1, 1_020],
      [3, 1_050],
    ],
    1_100,
    [50, 50, 0],
    3,
  ],
  // The clocks of the gateway and of the dispatcher are read at different moments.
  ['seems to be handed over before it began', [[3, 999]], undefined, [0, 100, 0], 3],
  ['seems to be answered before it was handed over', [[3, 1_060]], 1_050, [50, 0, 50], 3],
])('the times of a request that %s add up', (_, handed, answeredMs, expected, by) => {
  const times = new RequestTimes(1_000)
  for (const [worker, nowMs] of handed)
    times.handedTo(worker === undefined ? undefined : { worker, pid: 4242, thread: 1 }, nowMs)
  if (answeredMs !== undefined) times.answered(answeredMs)
  const { queueMs, applicationMs, transferMs, durationMs } = times.at(1_100)
  expect([queueMs, applicationMs, transferMs]).toEqual(expected)
  expect([durationMs, times.servedBy?.worker]).toEqual([100, by])
})
