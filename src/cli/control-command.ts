// What the commands that speak to a running server have in common: their help, and which server is meant.

import { resolve } from 'node:path'
import { GantryError } from '../errors.ts'
import type { ControlClient } from '../server/control/client.ts'
import { type Target, findServer } from '../server/control/find-server.ts'
import { type GivenWords, readWords } from './command-words.ts'

export interface ControlCommand {
  readonly name: string
  /** What follows the name: `[--json]`. */
  readonly usage: string
  /** What it does, and a row for each flag of its own. */
  readonly help: string
  readonly switches?: readonly string[]
  /** The word that it needs, if any. */
  readonly word?: { readonly pattern: RegExp; readonly expected: string }
}

/** Which server is meant. */
export const TARGET_FLAGS = ['--control-socket', '--pid', '--pid-file']

const TARGET_HELP = `Which server, where this user runs more than one:
  --control-socket PATH   that of its option of the same name [$GANTRY_CONTROL_SOCKET]
  --pid PID               the process that signals go to
  --pid-file FILE         a file that holds its id [$GANTRY_PID_FILE]`

/** Resolves to the exit status; rejects with a GantryError. */
export async function runControlCommand(
  argv: readonly string[],
  command: ControlCommand,
  work: (client: ControlClient, given: GivenWords) => Promise<number>,
): Promise<number> {
  const { name, switches = [], word } = command
  const form = { name, switches, values: TARGET_FLAGS, words: word === undefined ? 0 : 1 }
  const given = readWords(argv, form)
  if (given.switches.has('--help')) {
    process.stdout.write(helpOf(command))
    return 0
  }
  const [text = ''] = given.words
  if (word !== undefined && !word.pattern.test(text))
    throw new GantryError('GANTRY_COMMAND_BAD', {
      command: name,
      problem: `expected ${word.expected}, got ${JSON.stringify(text)}`,
    })
  const client = await findServer(targetOf(given, name), process.env)
  try {
    return await work(client, given)
  } finally {
    client.close()
  }
}

const helpOf = ({ name, usage, help }: ControlCommand): string =>
  `Usage: ${['gantry', name, usage, '[which server]'].filter((part) => part !== '').join(' ')}\n\n${help}\n\n${TARGET_HELP}\n`

function targetOf({ values }: GivenWords, command: string): Target {
  const [first, second] = TARGET_FLAGS.filter((flag) => values.has(flag))
  if (second !== undefined)
    throw new GantryError('GANTRY_COMMAND_BAD', {
      command,
      problem: `${first} and ${second} exclude each other`,
    })
  const given = {
    controlSocket: values.get('--control-socket'),
    pid: numberOf(values.get('--pid'), command),
    pidFile: values.get('--pid-file'),
  }
  return first === undefined ? targetOfVariables() : given
}

function targetOfVariables(): Target {
  const { GANTRY_CONTROL_SOCKET: controlSocket, GANTRY_PID_FILE: pidFile } = process.env
  if (controlSocket !== undefined && controlSocket !== 'none')
    return { controlSocket: resolve(controlSocket) }
  return { pidFile }
}

function numberOf(text: string | undefined, command: string): number | undefined {
  if (text === undefined || /^[1-9]\d{0,9}$/.test(text)) return text === undefined ? text : Number(text)
  const problem = `--pid takes a process id, not ${JSON.stringify(text)}`
  throw new GantryError('GANTRY_COMMAND_BAD', { command, problem })
}
