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
  const told = (await isCode(from)) ? await readThere(from) : await readHere(from.argv)
  if (told.type === 'failed') throw new StartFailure(told)
  return told
}

async function isCode({ argv, directory }: Launch): Promise<boolean> {
  try {
    return (await findConfigFile(chosenFile(argv, process.env), directory))?.kind === 'code'
  } catch {
    // Reading it says what is wrong, with what is wrong besides.
    return false
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

function readThere(from: Launch): Promise<ToldSettings> {
  const child = launch(from, SETTINGS_COMMAND)
  return new Promise((resolve, reject) => {
    const notRead = (reason: string): void => reject(new GantryError('GANTRY_CONFIG_NOT_READ', { reason }))
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      notRead(`it took longer than ${LIMIT_MS / 1000} s`)
    }, LIMIT_MS)
    child.once('message', (told: ToldSettings) => resolve(told))
    child.once('error', (error) => notRead(error.message))
    child.once('close', (code: number | null, signal: string | null) => {
      clearTimeout(timer)
      notRead(
        `its process ended (${signal === null ? `exit status ${code ?? 'unknown'}` : `signal ${signal}`})`,
      )
    })
  })
}
