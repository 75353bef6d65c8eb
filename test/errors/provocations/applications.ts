// Applications that cannot be served, Python's by a worker and TypeScript's in this process.

import { dirname } from 'node:path'
import { execFile } from 'node:child_process'
import { pythonApplication } from '../../../src/index.ts'
import { loadApplication } from '../../../src/server/load-application.ts'
import type { Provocation, Provocations } from '../provocation.ts'

/** Started with these lines as `shop.py`. */
const python =
  (specification: string, ...lines: readonly string[]): Provocation =>
  async (place) => {
    place.file('shop.py', lines)
    const env = ['PYTHONDONTWRITEBYTECODE=1']
    await using application = pythonApplication(specification, {
      // Not that of a virtual environment which happens to be active.
      python: 'python3',
      chdir: place.path,
      workers: 1,
      threads: 1,
      env,
    })
    await application.ready()
  }

/** Loaded with these lines as `shop.mjs`. */
const script =
  (specification: string, ...lines: readonly string[]): Provocation =>
  (place) => {
    place.file('shop.mjs', lines)
    return loadApplication(specification, place.path)
  }

export const APPLICATIONS: Provocations = {
  GANTRY_CHDIR_MISSING: {
    'no such directory': async (place) => {
      await using application = pythonApplication('shop', { chdir: place.join('missing') })
      await application.ready()
    },
  },
  GANTRY_APPLICATION_NOT_FOUND: {
    'no such module': python('shop.wsgi:application', 'application = None'),
    'a name with a slip': python('shpo:application', 'application = None'),
    'no such file': python('web/app.py', ''),
    'no such script': script('./app.mjs', ''),
  },
  GANTRY_APPLICATION_NO_ATTRIBUTE: {
    'a name with a slip': python('shop:aplication', 'def application(environ, start_response): pass'),
    'none of the usual names': python('shop', 'def site(environ, start_response): pass'),
    'a script that exports nothing': script('./shop.mjs', 'const application = () => {}'),
    'a script that exports something else': script('./shop.mjs:application', 'export const site = () => {}'),
  },
  GANTRY_APPLICATION_NOT_CALLABLE: {
    'a dictionary': python('shop:settings', 'settings = {}'),
    'a factory that makes nothing': python('shop:create_app()', 'def create_app(): pass'),
    'a script that exports a number': script('./shop.mjs', 'export const application = 7'),
  },
  GANTRY_APPLICATION_RAISED: {
    'a syntax error': python('shop', 'def application(environ, start_response):', '    return return'),
    'a module that is not installed': python('shop', 'import flask_of_tomorrow'),
    'an exception': python('shop', 'application = {}["site"]'),
    'a factory': python('shop:create_app()', 'def create_app():', '    raise ValueError("no database")'),
    'a script': script('./shop.mjs', 'throw new Error("no database")'),
  },
  GANTRY_APPLICATION_BAD_SPECIFICATION: {
    'arguments that are no literals': python('shop:create_app(name)', ''),
    'nothing behind the colon': python('shop:', ''),
    'an export that is none': script('./shop.mjs:a-b', ''),
  },
  GANTRY_IMPORT_UNSETTLED: {
    'a configuration that waits for ever': (place) => {
      place.file('gantry.config.mjs', ['await new Promise(() => undefined)'])
      const main = `${dirname(import.meta.dirname)}/../../dist/cli/main.js`
      return new Promise((resolve) => {
        execFile(process.execPath, [main, 'config', 'shop'], { cwd: place.path }, (error, _, stderr) =>
          resolve(`${stderr}exit status ${String(error?.code)}`),
        )
      })
    },
  },
}
