// What the supervisor tells in the log. Only this file words it.

import type { Log } from '../../observe/log.ts'
import type { ReloadOutcome } from '../controlled.ts'
import type { GenerationReports } from './generation.ts'

/** What the supervisor has to tell. */
export interface SupervisorReports extends GenerationReports {
  reloads(generation: number, why: string): void
  reloaded(outcome: ReloadOutcome, current: number): void
}

export function supervisorReports(log: Log): SupervisorReports {
  return {
    died: ({ number, pid }, cause, pauseMs) =>
      log.error(`front ${number} died and is replaced${inWhile(pauseMs)}: process ${pid} ended: ${cause}`),
    replaced: ({ number, pid }) => log.info(`front ${number} is ready again, process ${pid}`),
    notReplaced: ({ number }, why, pauseMs) =>
      log.error(`front ${number} could not start, the next try is in ${pauseMs} ms`, why),
    reloads: (generation, why) => log.info(`reload (${why}): generation ${generation} starts`),
    reloaded(outcome, current) {
      if (outcome.isDone) log.info(`generation ${outcome.generation} serves; the one before it ends`)
      else log.error(`the reload failed, generation ${current} goes on`, outcome.reason)
    },
  }
}

const inWhile = (pauseMs: number): string => (pauseMs === 0 ? '' : ` in ${pauseMs} ms`)
