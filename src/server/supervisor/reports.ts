// What the supervisor tells in the log. Only this file words it.

import { flagOf } from '../../config/option.ts'
import type { OptionName } from '../../config/options.ts'
import type { Log } from '../../observe/log.ts'
import { accountText, type RequestAccount } from '../../observe/request-account.ts'
import type { ReloadOutcome } from '../controlled.ts'
import type { GenerationReports } from './generation.ts'

/** What the supervisor has to tell. */
export interface SupervisorReports extends Omit<GenerationReports, 'ended'> {
  /** All has ended. `uncounted`: fronts that died, and told nothing of their requests. */
  stopped(account: RequestAccount, upMs: number, uncounted: number): void
  /** All was ended at once, and nobody has counted what was done. */
  killed(upMs: number): void
  reloads(generation: number, why: string): void
  /** So many old generations still have requests or connections. */
  waits(generations: number): void
  reloaded(outcome: ReloadOutcome, current: number): void
  /** The new configuration has another value for an option that only a restart can change. */
  unchanged(option: OptionName, origin: string): void
  stops(why: string, times: { readonly lameDuckMs: number }): void
  /** Nobody can reach this server's control socket. */
  uncontrolled(problem: Error): void
  /** The service manager wants to hear how this server is, and cannot be told. */
  untold(reason: string): void
  /** The service manager has passed its sockets to another process, which has started this one. */
  passedToOther(pid: number): void
  /** This is process 1 of a container, and nothing is there that could do its duties. */
  withoutInit(): void
  /** --reload does not see all changes. */
  unwatched(reason: string): void
  dumped(stacks: string): void
  resized(why: string, to: { readonly fewest: number; readonly most: number }): void
}

export function supervisorReports(log: Log): SupervisorReports {
  return {
    died: ({ number, pid }, cause, pauseMs) =>
      log.error(`front ${number} died and is replaced${inWhile(pauseMs)}: process ${pid} ended: ${cause}`),
    diedAtItsEnd: ({ number, pid }, cause) =>
      log.error(
        `front ${number} ended before it had finished what it accepted: process ${pid} ended: ${cause}`,
      ),
    replaced: ({ number, pid }) => log.info(`front ${number} is ready again, process ${pid}`),
    notReplaced: ({ number }, why, pauseMs) =>
      log.error(`front ${number} could not start, the next try is in ${pauseMs} ms`, why),
    reloads: (generation, why) => log.info(`reload (${why}): generation ${generation} starts`),
    waits: (generations) =>
      log.info(`the reload waits until one of ${generations} old generations has finished what it accepted`),
    reloaded(outcome, current) {
      if (outcome.isDone) log.info(`generation ${outcome.generation} serves; the one before it ends`)
      else log.error(`the reload failed, generation ${current} goes on`, outcome.reason)
    },
    unchanged: (option, origin) =>
      log.warning(`${origin}: ${flagOf(option)} stays as it was: only a restart can change it`),
    stops: (why, times) => log.info(`stopping (${why}): ${stoppingText(times)}`),
    stopped(account, upMs, uncounted) {
      const more =
        uncounted === 0
          ? ''
          : `; ${uncounted} front${uncounted === 1 ? '' : 's'} died, whose requests are not counted`
      log.info(`stopped after ${durationText(upMs)}: ${accountText(account)}${more}`)
    },
    killed: (upMs) =>
      log.warning(`ended at once after ${durationText(upMs)}: what was still under way was cut off`),
    uncontrolled: ({ message }) =>
      log.warning(`no control socket, gantry status and the like will not find this server: ${message}`),
    untold: (reason) =>
      log.warning(`the service manager (NOTIFY_SOCKET) cannot be told how this server is: ${reason}`),
    passedToOther: (pid) =>
      log.warning(
        `the sockets of LISTEN_FDS are meant for process ${pid}, and not used: start gantry by itself, or with exec`,
      ),
    withoutInit: () =>
      log.warning(
        'this is process 1, and there is no Python to do its duties: processes that the application leaves behind become zombies; docker run --init, or any other init, prevents it',
      ),
    unwatched: (reason) =>
      log.warning(
        `--reload does not see every change: ${reason}; --reload-on FILE and gantry reload are other ways`,
      ),
    dumped: (stacks) => log.info('requests in flight', stacks),
    resized: (why, { fewest, most }) =>
      log.info(
        most === 0
          ? `${why}: this application has no workers to add or take away`
          : `${why}: workers are ${fewest === most ? fewest : `${fewest}:${most}`} from now on`,
      ),
  }
}

function stoppingText({ lameDuckMs }: { readonly lameDuckMs: number }): string {
  const finishing = 'finishing what was accepted; a second signal stops at once'
  return lameDuckMs === 0 ? finishing : `serving on for ${lameDuckMs / 1000} s, then ${finishing}`
}

/** `3 d 4 h`, `2 h 5 min`, `12.3 s`. */
function durationText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes === 0) return `${(ms / 1000).toFixed(1)} s`
  const hours = Math.floor(minutes / 60)
  if (hours === 0) return `${minutes} min`
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

const inWhile = (pauseMs: number): string => (pauseMs === 0 ? '' : ` in ${pauseMs} ms`)
