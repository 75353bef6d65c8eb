// The command `gantry completion`: the script that teaches a shell to complete Gantry's command line.

import { GantryError, exitStatusOf, renderError } from '../errors.ts'
import { readWords } from './command-words.ts'
import { bashScript } from './completion/bash-script.ts'
import { COMPLETED_COMMANDS } from './completion/completed-commands.ts'
import type { CompletedCommand } from './completion/completed-flag.ts'
import { fishScript } from './completion/fish-script.ts'
import { SHELLS, type Shell } from './completion/shells.ts'
import { zshScript } from './completion/zsh-script.ts'

const USAGE = `Usage: gantry completion bash | zsh | fish

Prints a script that makes a shell complete commands, options and their values:

  bash   source <(gantry completion bash)         in ~/.bashrc
  zsh    source <(gantry completion zsh)          in ~/.zshrc, behind compinit
  fish   gantry completion fish | source          in ~/.config/fish/config.fish
`

const FORM = { name: 'completion', switches: [], values: [], words: 1 }

const SCRIPTS: Readonly<Record<Shell, (commands: readonly CompletedCommand[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
}

/** The exit status: 0 when a text was printed, 2 for a shell that it does not know. */
export function completionCommand(argv: readonly string[]): number {
  try {
    process.stdout.write(textFor(argv))
    return 0
  } catch (error) {
    process.stderr.write(`${renderError(error)}\n`)
    return exitStatusOf(error)
  }
}

function textFor(argv: readonly string[]): string {
  const { switches, words } = readWords(argv, FORM)
  if (switches.has('--help')) return USAGE
  const shell = SHELLS.find((each) => each === words[0])
  if (shell !== undefined) return SCRIPTS[shell](COMPLETED_COMMANDS)
  throw new GantryError('GANTRY_COMMAND_BAD', {
    command: 'completion',
    problem: `expected bash, zsh or fish, got ${JSON.stringify(words[0] ?? '')}`,
  })
}
