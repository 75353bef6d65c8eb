// A Python application in code: an application like any other, with worker processes behind it.

import type { ConfigOptions, NameInCode } from '../config/config-object.ts'
import type { PYTHON_OPTIONS, SHARED_OPTIONS } from '../config/python-options.ts'
import type { Application } from '../wsgi/application.ts'
import { Observation } from './observation.ts'
import { openSpool } from './open-spool.ts'
import { pythonSettings } from './options-in-code.ts'
import { type PythonHost, PythonProcess } from './python-process.ts'

type PythonOptionName = (typeof PYTHON_OPTIONS)[number] | (typeof SHARED_OPTIONS)[number]

/** How a Python application runs, by the names of the command's options: `{ workers: 4, chdir: 'site', bootTimeout: '2m' }`. */
export type PythonApplicationOptions = Pick<ConfigOptions, NameInCode<PythonOptionName>>

/** A Python application: call it, wrap it, mount it, serve it. */
export interface PythonApplication extends Application {
  /**
   * Starts the workers, if nobody has yet, and resolves when all can answer. Rejects with a GantryError that says what keeps them from it.
   * Requests that come before wait for it too.
   */
  ready(): Promise<void>
  /** Ends the workers when what they run is done, or after the shutdown timeout (30 s). While it is open, this process does not end by itself. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * The Python application that `specification` names, as on the command line: `shop.wsgi:application`, `path/app.py`,
 * `"shop:create_app()"`. Its workers start with the first request, with `ready()`, or with the server that serves it.
 *
 * Throws a GantryError for bad options, and an AggregateError of several.
 *
 * ```ts
 * const shop = pythonApplication('shop.wsgi:application', { workers: 4, chdir: 'shop' })
 * app.use('/shop', toNodeListener(shop))
 * ```
 */
export function pythonApplication(
  specification: string,
  options: PythonApplicationOptions = {},
): PythonApplication {
  const settings = pythonSettings({ source: 'pythonApplication()', options }, specification)
  const process = new PythonProcess(settings, () => ownHost(settings))
  const close = (): Promise<void> => process.stop(settings.shutdownTimeoutMs)
  return Object.assign(process.application, {
    ready: () => process.start(),
    close,
    [Symbol.asyncDispose]: close,
  })
}

function ownHost(settings: Parameters<typeof openSpool>[0]): PythonHost {
  const observation = new Observation(settings)
  const spool = openSpool(settings)
  const remove = (): void => spool.remove()
  process.once('exit', remove)
  return {
    observation,
    spool,
    share: { index: 0, count: 1 },
    close: async () => {
      spool.remove()
      process.off('exit', remove)
      await observation.close()
    },
  }
}
