// A server in code: an application, and what stands in front of it, in this process.

import type { ConfigOptions, NameInCode } from '../config/config-object.ts'
import type { PYTHON_OPTIONS } from '../config/python-options.ts'
import type { Settings } from '../config/resolve.ts'
import type { PoolStats } from '../workers/pool.ts'
import type { GatewayStats } from '../gateways/gateway-server.ts'
import { compose, processesOf } from '../wsgi/application-parts.ts'
import type { Application, Middleware } from '../wsgi/application.ts'
import type { ApplicationLike } from '../wsgi/as-application.ts'
import { type Front, startFront } from './front.ts'
import { checkedApplication } from './load-application.ts'
import { listenAll } from './listen.ts'
import { Observation } from './observation.ts'
import { openSpool } from './open-spool.ts'
import { openStaticFiles } from './open-static-files.ts'
import { type COMMAND_OPTIONS, serverSettings } from './options-in-code.ts'
import { PythonProcess } from './python-process.ts'

/** How a server runs, by the names of the command's options: `{ bind: [':8000', 'unix:/run/shop.sock'], headTimeout: '10s' }`. */
export type ServeOptions = Omit<
  ConfigOptions,
  'application' | NameInCode<(typeof COMMAND_OPTIONS)[number] | (typeof PYTHON_OPTIONS)[number]>
> & {
  /** In front of the application, the first one outermost. */
  readonly middleware?: readonly Middleware[]
}

/** What a server has done and has to do. */
export interface ServerStats extends GatewayStats {
  /** Of each Python application behind it, as far as they are known (`compose` and Gantry's own middleware tell). */
  readonly python: readonly PoolStats[]
}

/** A server that runs in this process. */
export interface Server {
  /** Where it listens, such as `http://127.0.0.1:8000` or `unix:/run/shop.sock`. */
  readonly urls: readonly string[]
  stats(): ServerStats
  /** Takes nothing new, finishes what was accepted, up to the shutdown timeout (30 s), ends the Python applications behind it, and resolves. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Serves `application` over HTTP. Resolves when it is ready: every socket open, every Python worker behind it booted.
 *
 * Rejects with a GantryError, or an AggregateError of several; nothing is left running then.
 *
 * ```ts
 * const server = await serve(application, { bind: ':8000', middleware: [accessLog()] })
 * console.log(server.urls)
 * ```
 */
export async function serve(application: ApplicationLike, options: ServeOptions = {}): Promise<Server> {
  const { middleware = [], ...given } = options
  const composed = compose(...middleware)(checkedApplication(application, 'what was given to serve()'))
  const settings = serverSettings({ source: 'serve()', options: given }, composed.name || 'application')
  const front = await startAlone(settings, composed)
  const processes = processesOf(composed)
  return {
    urls: await front.serve(),
    stats: () => ({
      ...front.stats,
      python: processes.flatMap((each) =>
        each instanceof PythonProcess && each.stats !== undefined ? [each.stats] : [],
      ),
    }),
    close: () => front.close(),
    [Symbol.asyncDispose]: () => front.close(),
  }
}

async function startAlone(settings: Settings, application: Application): Promise<Front> {
  const observation = new Observation(settings)
  try {
    const staticFiles = openStaticFiles(settings)
    const spool = openSpool(settings)
    return await startFront({
      settings,
      application,
      observation,
      spool,
      staticFiles,
      share: { index: 0, count: 1 },
      listen: (server) => listenAll(server, settings.bind, settings.backlog),
      listenForHealth: (server) => listenAll(server, settings.healthBind, settings.backlog),
      listensFirst: true,
    })
  } catch (error) {
    await observation.close()
    throw error
  }
}
