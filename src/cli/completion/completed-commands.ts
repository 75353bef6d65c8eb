// Every command with the flags that it takes: those of the option table, and its own.

import { firstSentence } from '../../config/help.ts'
import { type NamedOption, OPTION_LIST } from '../../config/options.ts'
import { CONFIG_FLAGS } from '../config.ts'
import { type ControlCommand, TARGET_FLAGS } from '../control-command.ts'
import { DUMP } from '../dump.ts'
import { INIT_FORM } from '../init.ts'
import { FORMATS } from '../migrate.ts'
import { RELOAD } from '../reload.ts'
import { STATUS } from '../status.ts'
import { STOP } from '../stop.ts'
import { TOP } from '../top.ts'
import { WORKERS } from '../workers.ts'
import type { CompletedCommand, CompletedFlag, Offer } from './completed-flag.ts'
import { SHELLS } from './shells.ts'

const bare = (...spellings: readonly string[]): CompletedFlag => flag(spellings, undefined)

const flag = (spellings: readonly string[], value: Offer | undefined, metavariable = ''): CompletedFlag => ({
  spellings,
  value,
  metavariable,
  help: '',
})

const HELP: CompletedFlag = { ...bare('--help', '-h'), help: 'Say how it is used' }

const OPTIONS: readonly CompletedFlag[] = [
  ...OPTION_LIST.flatMap(flagOfOption),
  HELP,
  { ...bare('--help-all'), help: 'Print every option' },
  { ...bare('--check-config'), help: 'Check the configuration and end' },
  { ...bare('--version', '-V'), help: 'Print the version' },
  { ...bare('--verbose'), help: 'With --version: what a bug report needs' },
]

const TARGETS: readonly CompletedFlag[] = TARGET_FLAGS.map((name) =>
  flag([name], name === '--pid' ? 'text' : 'file', name === '--pid' ? 'PID' : 'PATH'),
)

/** In the order of `gantry --help`; of the table's options every command that serves an application takes all. */
export const COMPLETED_COMMANDS: readonly CompletedCommand[] = [
  ofApplication('serve', 'Serve an application', []),
  ofApplication('dev', 'Serve it for development', []),
  ofApplication('config', 'Print every option with its value and its origin', CONFIG_FLAGS),
  ofApplication('check', 'Report what breaks PEP 3333', []),
  ofApplication('cgi', 'Run the application once, for a CGI request', []),
  {
    name: 'init',
    help: 'Look at a folder and write what serves it',
    flags: [...INIT_FORM.switches.map((name) => bare(name)), HELP],
    words: [],
    paths: 'directory',
  },
  {
    name: 'migrate',
    help: "Translate another server's configuration",
    flags: [flag(['--as'], FORMATS, 'FORMAT'), flag(['--python'], 'file', 'PATH'), HELP],
    words: ['gunicorn', 'uwsgi'],
    paths: 'file',
  },
  {
    name: 'completion',
    help: 'Print a completion script',
    flags: [HELP],
    words: SHELLS,
    paths: undefined,
  },
  ofServer(STATUS, 'Show what a running server does'),
  ofServer(TOP, 'Show that again and again'),
  ofServer(RELOAD, 'Start the application anew'),
  ofServer(STOP, 'Stop a running server'),
  ofServer(DUMP, 'Print the stacks of every thread'),
  ofServer(WORKERS, 'Add workers, or take some away', ['+1', '-1']),
]

function ofApplication(name: string, help: string, own: readonly string[]): CompletedCommand {
  return { name, help, flags: [...OPTIONS, ...own.map((each) => bare(each))], words: [], paths: 'file' }
}

function ofServer(
  { name, switches = [] }: ControlCommand,
  help: string,
  words: readonly string[] = [],
): CompletedCommand {
  const flags = [...switches.map((each) => bare(each)), ...TARGETS, HELP]
  return { name, help, flags, words, paths: undefined }
}

function flagOfOption({ option, flag: name }: NamedOption): readonly CompletedFlag[] {
  if (name === undefined) return []
  const isSwitch = option.kind === 'single' && option.isSwitch === true
  const spellings = [name, option.short, ...(option.aliases ?? [])]
  return [
    {
      spellings: spellings.filter((each) => each !== undefined),
      value: isSwitch ? undefined : (option.type.completes ?? 'text'),
      metavariable: option.metavariable,
      help: firstSentence(option.help).replace(/\.$/, ''),
    },
  ]
}
