// Gantry itself, as built into dist/: benchmarks measure what users run, not the sources.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { LaunchPlace, LaunchSetup, ServerCommand, ServerEntry } from './server-entry.ts'

const COMMAND = join('dist', 'cli', 'main.js')

export const gantry: ServerEntry = {
  name: 'gantry',
  settings: 'one front; all limits, deadlines and buffering as by default',
  isCompiledWhileRunning: true,
  frontProgram: /^node/,
  findVersion: findGantryVersion,
  plan: (setup) => ({ commands: [gantryServing(setup, ['--bind', `127.0.0.1:${setup.port}`])] }),
}

/** Its own static files, which no worker is asked for. */
export const gantryStatic: ServerEntry = {
  ...gantry,
  name: 'gantry-static',
  settings:
    'one front that serves the files itself (`--static`); all limits, deadlines and buffering as by default',
  plan: (setup) => ({
    commands: [
      gantryServing(setup, [
        ...['--bind', `127.0.0.1:${setup.port}`],
        ...['--static', `/files=${setup.filesDirectory}`],
      ]),
    ],
  }),
}

/** With the application of the setup, at the addresses that `listen` gives. */
export function gantryServing(setup: LaunchSetup, listen: readonly string[]): ServerCommand {
  return {
    argv: [
      ...gantryCommand(setup),
      `${setup.application.module}:application`,
      ...['--chdir', setup.appDirectory],
      ...['--python', join(setup.pythonBin, 'python')],
      ...listen,
      ...['--workers', String(setup.workers)],
      ...['--threads', String(setup.threads)],
      ...(setup.isPreloading ? ['--preload'] : []),
    ],
    env: { NODE_ENV: 'production' },
  }
}

export function gantryCommand({ repository }: LaunchSetup): string[] {
  return [process.execPath, join(repository, COMMAND)]
}

export async function findGantryVersion({ repository }: LaunchPlace): Promise<string> {
  if (!existsSync(join(repository, COMMAND))) throw new Error(`${COMMAND} does not exist: run npm run build`)
  const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
    version: string
  }
  return `gantry ${manifest.version}`
}
