// A front of the command's in this process: the only one, or one of several that share the sockets.

import { applicationOf } from './application-of.ts'
import { type Configuration, frontCount } from './configuration.ts'
import { startFront } from './front.ts'
import { Observation } from './observation.ts'
import type { Log } from '../observe/log.ts'
import { openSpool } from './open-spool.ts'
import type { Share } from './python-process.ts'
import type { Running } from './running.ts'
import { outliveStrayErrors } from './stray-errors.ts'

/** Resolves when it is ready; rejects with a GantryError, or with an AggregateError of them, and nothing is left running then. */
export async function runHere(configuration: Configuration, share: Share): Promise<Running> {
  const { settings, middleware } = configuration
  if (configuration.isScript) enterPlace(configuration)
  const observation = new Observation(settings)
  if (configuration.isScript) {
    outliveStrayErrors(observation.log)
    if (share.index === 0) warnOfWorkers(configuration, observation.log)
  }
  const spool = openSpool(settings)
  const { application, describe } = await applicationOf(configuration, () => ({ observation, spool, share }))
  const front = await startFront({ settings, application, observation, spool, share })
  const { description, ...rest } = describe()
  return {
    addresses: front.addresses,
    summary: {
      application: description,
      middleware: middleware.map(({ name }) => name || 'function'),
      fronts: frontCount(configuration),
      ...rest,
    },
    close: () => front.close(),
    reopenLogs: () => front.reopenLogs(),
    kill: () => front.kill(),
  }
}

/** What a worker is for Python, this process is for TypeScript. */
function enterPlace({ settings }: Configuration): void {
  process.chdir(settings.chdir)
  for (const { name, value } of settings.env) process.env[name] = value
}

function warnOfWorkers({ settings: { workers, origins } }: Configuration, log: Log): void {
  if (workers === undefined) return
  log.warning(
    `${origins.workers} has no effect on a TypeScript application: --fronts says how many processes run it`,
  )
}
