// What was said to gunicorn, from everywhere that it would look: its configuration file, GUNICORN_CMD_ARGS and its command line.

import { existsSync } from 'node:fs'
import type { Place } from '../config/option.ts'
import { GantryError } from '../errors.ts'
import { readArguments } from '../migration/gunicorn/command-line.ts'
import type { GivenSetting } from '../migration/gunicorn/given-settings.ts'
import { type PastedCommand, pastedCommand } from '../migration/gunicorn/pasted-command.ts'
import { type FileSettings, runConfigFile } from '../migration/gunicorn/run-config-file.ts'
import { translateGunicorn } from '../migration/gunicorn/translate.ts'
import type { Migrated } from '../migration/migration.ts'
import { shellWords } from '../migration/shell-words.ts'
import { findInterpreter } from '../workers/interpreter.ts'

const DEFAULT_FILE = 'gunicorn.conf.py'
const RUN_LIMIT_MS = 10_000

const NOTHING: FileSettings = { settings: [], hooks: [], others: [] }

/** Rejects with a GantryError when a file cannot be run, or there is nothing to read. */
export async function migrateGunicorn(
  words: readonly string[],
  python: string | undefined,
  place: Place,
): Promise<Migrated> {
  const command = commandOf(words)
  const line = readArguments(command.words)
  const variable = readVariable(command.variables)
  const named = lastText(line.settings, 'config') ?? lastText(variable.settings, 'config')
  const file = named ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : undefined)
  const isNothing = file === undefined && line.settings.length === 0 && variable.settings.length === 0
  if (isNothing) throw bad(`there is no ${DEFAULT_FILE} here; name a file, or give a command line`)
  const read = file === undefined ? NOTHING : await runFile(file, python ?? existing(command.python), place)
  const migration = translateGunicorn(
    {
      settings: [...settingsOfVariables(command), ...read.settings, ...variable.settings, ...line.settings],
      hooks: read.hooks,
      others: [...read.others, ...variable.others, ...line.others, ...besides(command)],
      python: python ?? command.python,
      variables: command.variables.filter((each) => !isGunicorns(each)),
    },
    place,
  )
  const sources = [
    file,
    variable.settings.length > 0 && 'GUNICORN_CMD_ARGS',
    words.length > 0 && file !== words[0] && 'a command line',
  ]
  const made = sources.filter((source) => typeof source === 'string').join(' and ')
  return { title: `Made by gantry migrate gunicorn of ${made}.`, migration }
}

/** A file alone is what `-c` would name. */
function commandOf(words: readonly string[]): PastedCommand {
  const [only = ''] = words
  const isFile = words.length === 1 && (only.endsWith('.py') || /^(python|file):/.test(only))
  const command = pastedCommand(isFile ? ['-c', only] : words)
  if (command === undefined) throw bad('a quote of the command line is never closed')
  return command
}

/** GUNICORN_CMD_ARGS of the pasted command, else of this one's environment. */
function readVariable(variables: readonly string[]): ReturnType<typeof readArguments> {
  const pasted = variables.find((each) => each.startsWith('GUNICORN_CMD_ARGS='))
  const text = pasted?.slice(pasted.indexOf('=') + 1) ?? process.env['GUNICORN_CMD_ARGS'] ?? ''
  const words = shellWords(text)
  if (words === undefined) throw bad('a quote of GUNICORN_CMD_ARGS is never closed')
  return readArguments(
    words.map((word) => word.text),
    'variable GUNICORN_CMD_ARGS',
  )
}

/** Variables that are gunicorn's own, or the platform's, and what they set. */
const SETTINGS_OF_VARIABLES: ReadonlyMap<string, (text: string) => Pick<GivenSetting, 'name' | 'value'>> =
  new Map([
    ['WEB_CONCURRENCY', (text: string) => ({ name: 'workers', value: text })],
    ['FORWARDED_ALLOW_IPS', (text: string) => ({ name: 'forwarded_allow_ips', value: text })],
    ['PORT', (text: string) => ({ name: 'bind', value: `0.0.0.0:${text}` })],
  ])

const nameOf = (variable: string): string => variable.slice(0, variable.indexOf('='))

/** All others are for the application. */
const isGunicorns = (variable: string): boolean =>
  nameOf(variable) === 'GUNICORN_CMD_ARGS' || SETTINGS_OF_VARIABLES.has(nameOf(variable))

function settingsOfVariables({ variables }: PastedCommand): readonly GivenSetting[] {
  return variables.flatMap((variable) => {
    const name = nameOf(variable)
    const setting = SETTINGS_OF_VARIABLES.get(name)?.(variable.slice(name.length + 1))
    return setting === undefined ? [] : [{ ...setting, place: `variable ${name}` }]
  })
}

function besides({ wrapper, others }: PastedCommand): FileSettings['others'] {
  const around =
    wrapper === ''
      ? []
      : [
          {
            about: `${wrapper} gunicorn`,
            advice:
              'What stands in front of gunicorn is not taken along: Gantry starts Python by itself, with the interpreter of --python.',
          },
        ]
  return others === ''
    ? around
    : [...around, { about: others, advice: 'Another command, which is not taken along.' }]
}

/** A command may come from another machine. */
const existing = (path: string | undefined): string | undefined =>
  path !== undefined && existsSync(path) ? path : undefined

function lastText(settings: readonly GivenSetting[], name: string): string | undefined {
  const value = settings.filter((setting) => setting.name === name).at(-1)?.value
  return typeof value === 'string' ? value : undefined
}

async function runFile(file: string, python: string | undefined, place: Place): Promise<FileSettings> {
  const isPath = !file.startsWith('python:')
  if (isPath && !existsSync(file.replace(/^file:/, ''))) throw bad(`there is no file ${file}`)
  const { startDirectory } = place
  const interpreter = findInterpreter({
    python,
    pythonOrigin: 'flag --python',
    chdir: startDirectory,
    startDirectory,
    env: process.env,
  })
  process.stderr.write(
    `gantry: ${file} is Python code: ${interpreter.path} runs it now, for at most ${RUN_LIMIT_MS / 1000} s, to see what it sets\n`,
  )
  return await runConfigFile(interpreter.path, file, RUN_LIMIT_MS)
}

const bad = (problem: string): GantryError =>
  new GantryError('GANTRY_COMMAND_BAD', { command: 'migrate gunicorn', problem })
