// The configuration as it is now, for the supervisor. Flags, variables and files of data are read here. A configuration file that is code is
// read in a process of its own, so that each generation sees the file as it is then, and nothing of it stays in the supervisor.

import { chosenFile } from '../../config/chosen-file.ts'
import type { Request } from '../../config/command-line.ts'
import { GantryError } from '../../errors.ts'
import { findConfigFile } from '../config-files.ts'
import { readConfiguration } from '../configuration.ts'
import type { FrontFailure } from './front-messages.ts'
import { type Launch, SETTINGS_COMMAND, launch } from './launch.ts'
import { StartFailure } from './start-failure.ts'
import { type SupervisedSettings, supervisedSettings } from './supervised-settings.ts'

// --boot-timeout may stand in the file itself.
const LIMIT_MS = 60_000

/** What a process says that was started for the settings. */
export type ToldSettings =
  | { readonly type: 'settings'; readonly settings: SupervisedSettings }
  | { readonly type: 'request'; readonly request: Request }
  | FrontFailure

/** Rejects with a GantryError, an AggregateError of them or a StartFailure when it cannot be used. */
export async function readSettings(from: Launch): Promise<Exclude<ToldSettings, FrontFailure>> {
  const file = await codeFile(from)
  const told = file === undefined ? await readHere(from.argv) : await readThere(from, file)
  if (told.type === 'failed') throw new StartFailure(told)
  return told
}

/** The name of the configuration file, if it is code. */
async function codeFile({ argv, directory }: Launch): Promise<string | undefined> {
  try {
    const found = await findConfigFile(chosenFile(argv, process.env), directory)
    return found?.kind === 'code' ? found.source : undefined
  } catch {
    // Reading it says what is wrong, with what is wrong besides.
    return undefined
  }
}

/** In this process. Rejects with a GantryError or an AggregateError of them. */
export async function readHere(argv: readonly string[]): Promise<Exclude<ToldSettings, FrontFailure>> {
  const configured = await readConfiguration(argv, process.env)
  switch (configured.kind) {
    case 'request':
      return { type: 'request', request: configured.request }
    case 'problems':
      throw new AggregateError(configured.problems)
    case 'settings':
      return { type: 'settings', settings: supervisedSettings(configured) }
  }
}

function readThere(from: Launch, path: string): Promise<ToldSettings> {
  const child = launch(from, SETTINGS_COMMAND)
  return new Promise((resolve, reject) => {
    const notRead = (reason: string): void =>
      reject(new GantryError('GANTRY_CONFIG_NOT_READ', { path, reason }))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      notRead(`it took longer than ${LIMIT_MS / 1000} s`)
    }, LIMIT_MS)
    child.once('message', (told: ToldSettings) => resolve(told))
    child.once('error', (error) => notRead(error.message))
    child.once('close', (code: number | null, signal: string | null) => {
      clearTimeout(timer)
      const how = signal === null ? `with exit status ${code ?? 'unknown'}` : `by ${signal}`
      notRead(`the process that read it ended ${how}`)
    })
  })
}
