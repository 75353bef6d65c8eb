// The front of the command in this process, as the supervisor has started it.

import { changedRows } from './bug-report.ts'
import { DEFAULT_IN_DEVELOPMENT } from '../config/resolve.ts'
import { applicationOf } from './application-of.ts'
import { type Configuration, frontCount } from './configuration.ts'
import { type Front, startFront } from './front.ts'
import { listenOn } from './listen.ts'
import { Observation } from './observation.ts'
import { showsBoot } from './shows-boot.ts'
import type { Log } from '../observe/log.ts'
import { eraseBeforeLines } from '../observe/standard-streams.ts'
import type { BootProgress } from '../workers/boot-progress.ts'
import { openSpool } from './open-spool.ts'
import { openStaticFiles } from './open-static-files.ts'
import type { ServerSummary } from './server-summary.ts'
import { outliveStrayErrors } from './stray-errors.ts'
import type { StartFront } from './supervisor/front-messages.ts'

/** A front, and what it runs. */
export interface FrontHere {
  readonly front: Front
  readonly summary: ServerSummary
}

/** Resolves when it is ready; rejects with a GantryError, or with an AggregateError of them, and nothing is left running then. */
export async function runHere(
  configuration: Configuration,
  { share, sockets, healthSockets, listensFirst }: StartFront,
  bootChanged: (boot: BootProgress) => void,
): Promise<FrontHere> {
  const { settings, middleware } = configuration
  if (configuration.hasScript) enterPlace(configuration)
  if (!configuration.isScript && showsBoot(settings)) eraseBeforeLines()
  const observation = new Observation(settings)
  observation.isBootShown = showsBoot(settings) && settings.errorLog.kind === 'stderr'
  for (const [name, text] of changedRows(settings)) observation.log.debug(`option ${name}: ${text}`)
  if (configuration.hasScript) outliveStrayErrors(observation.log)
  if (configuration.isScript && share.index === 0) warnOfWorkers(configuration, observation.log)
  const staticFiles = openStaticFiles(settings)
  const spool = openSpool(settings)
  const { application, describe } = await applicationOf(configuration, () => ({ observation, spool, share }))
  const front = await startFront({
    settings,
    application,
    observation,
    spool,
    staticFiles,
    share,
    listen: (server) => listenOn(server, sockets, settings.backlog),
    listenForHealth: (server) => listenOn(server, healthSockets, settings.backlog),
    listensFirst,
    bootChanged,
  })
  observation.isBootShown = false
  return {
    front,
    summary: {
      middleware: middleware.map(({ name }) => name || 'function'),
      fronts: frontCount(configuration),
      ...describe(),
    },
  }
}

/** What a worker is for Python, this process is for TypeScript. */
function enterPlace({ settings }: Configuration): void {
  process.chdir(settings.chdir)
  for (const { name, value } of settings.env) process.env[name] = value
}

/** Of what somebody has said for nothing: what a platform says of processes holds for fronts. */
function warnOfWorkers(configuration: Configuration, log: Log): void {
  const { workers, origins } = configuration.settings
  const counts = [DEFAULT_IN_DEVELOPMENT, frontCount(configuration).origin]
  if (workers === undefined || counts.includes(origins.workers)) return
  log.warning(
    `${origins.workers} has no effect on a TypeScript application: --fronts says how many processes run it`,
  )
}
