// The servers of the suite `typescript`: Gantry with an application in JavaScript beside what people serve one with today, middleware
// before a Python application, and a Python application inside Express.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

import { findGantryVersion, gantryCommand } from './gantry.ts'
import type { LaunchSetup, ServerEntry } from './server-entry.ts'

const SCRIPTS = join('bench', 'typescript')
const require = createRequire(import.meta.url)

/** A script of bench/typescript/ run by Node with the port, and what else it needs, as arguments. */
function script(
  name: string,
  file: string,
  settings: string,
  version: string | undefined,
  more: (setup: LaunchSetup) => readonly string[] = () => [],
): ServerEntry {
  return {
    name,
    settings,
    isCompiledWhileRunning: true,
    findVersion: version === undefined ? findGantryVersion : () => Promise.resolve(versionOf(version)),
    plan: (setup) => ({
      commands: [
        {
          argv: [process.execPath, join(setup.repository, SCRIPTS, file), String(setup.port), ...more(setup)],
          env: { NODE_ENV: 'production' },
        },
      ],
    }),
  }
}

/** `node` or the name of a package that is installed. */
function versionOf(name: string): string {
  if (name === 'node') return `node ${process.versions.node}`
  // Not every package exports its manifest: it lies in the folder that bears the package's name.
  let folder = dirname(require.resolve(name))
  while (!folder.endsWith(name)) folder = dirname(folder)
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return `${name} ${version}`
}

const python = ({ pythonBin, appDirectory, threads }: LaunchSetup): readonly string[] => [
  join(pythonBin, 'python'),
  appDirectory,
  String(threads),
]

const layers = (name: string, stack: string, settings: string): ServerEntry => ({
  ...script(name, 'layers.mjs', `app.py, ${settings}; 1 worker`, undefined, (setup) => [
    ...python(setup),
    stack,
  ]),
  isSecondary: true,
})

export const JAVASCRIPT_SERVERS: readonly ServerEntry[] = [
  {
    name: 'gantry-javascript',
    settings: 'application.mjs in one front; all limits, deadlines and buffering as by default',
    isCompiledWhileRunning: true,
    findVersion: findGantryVersion,
    plan: (setup) => ({
      commands: [
        {
          argv: [
            ...gantryCommand(setup),
            join(setup.repository, SCRIPTS, 'application.mjs'),
            ...['--fronts', '1', '--bind', `127.0.0.1:${setup.port}`],
          ],
          env: { NODE_ENV: 'production' },
        },
      ],
    }),
  },
  script('node-http', 'node-http.mjs', 'as it is', 'node'),
  script('fastify', 'fastify.mjs', 'no logger, no schema', 'fastify'),
  script('hono', 'hono.mjs', 'on @hono/node-server', 'hono'),
  layers('layers-none', 'none', 'nothing in front, served from code'),
  layers('layers-nothing', 'nothing', 'one layer that changes nothing'),
  layers('layers-nothing-5', 'nothing-5', 'five layers that change nothing'),
  layers('layers-headers', 'response-headers', 'responseHeaders with its preset'),
  layers('layers-five', 'five', 'requestId, accessLog, responseHeaders, cors, bodyLimit'),
  script('express', 'express.mjs', 'answers by itself', 'express'),
  script('express-python', 'express-python.mjs', 'app.py by toNodeListener; 1 worker', 'express', python),
]
