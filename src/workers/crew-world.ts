// What a crew needs of the world: time, processes, and what the system says of them.

import { SYSTEM_CLOCK } from '../observe/clock.ts'
import type { Clock } from '../observe/clock.ts'
import { cpuWaitShare } from '../processes/cpu-wait.ts'
import { OomKills } from '../processes/oom-kills.ts'
import { proportionalBytes, residentBytes } from '../processes/process-memory.ts'
import type { StartChild } from './child.ts'
import { WorkerProcess } from './worker-process.ts'
import type { WorkerOwner, WorkerSettings } from './worker-process.ts'

/** Tests bring their own. */
export interface CrewWorld {
  readonly clock: Clock
  readonly makeWorker: (
    number: number,
    settings: WorkerSettings,
    start: StartChild,
    owner: WorkerOwner,
  ) => WorkerProcess
  readonly residentBytes: (pid: number) => number
  readonly proportionalBytes: (pid: number) => number
  readonly cpuWaitShare: (pid: number) => number | undefined
  readonly oomKills: Pick<OomKills, 'tookOne'>
}

export const realWorld = (): CrewWorld => ({
  clock: SYSTEM_CLOCK,
  makeWorker: (...of) => new WorkerProcess(...of),
  residentBytes,
  proportionalBytes,
  cpuWaitShare,
  oomKills: new OomKills(),
})
