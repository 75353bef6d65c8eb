// Completion for bash, from 3.2 on, which macOS has.

import {
  byCommands,
  commandArms,
  type CompletedCommand,
  type CompletedFlag,
  type Offer,
} from './completed-flag.ts'

const HEAD = `# Completion of gantry for bash. In ~/.bashrc: source <(gantry completion bash)

_gantry_offer() {
  local each
  while IFS= read -r each; do COMPREPLY+=("$each"); done < <(compgen "$@" -- "$cur")
}

_gantry_paths() {
  compopt -o filenames 2>/dev/null
  _gantry_offer "$1"
}
`

const PREPARATION = `  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  # bash makes three words of --flag=value.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = && COMP_CWORD -ge 2 ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  COMPREPLY=()`

const OFFERS = `  if [[ $cur == -* || -z $words$paths ]]; then
    _gantry_offer -W "$flags $words"
  else
    _gantry_offer -W "$words"
    [[ -z $paths ]] || _gantry_paths "$paths"
  fi`

export function bashScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name)
  const arms = commandArms(commands, bodyOf)
  return `${HEAD}
_gantry() {
${PREPARATION}
  local command=serve flags= words= paths=
  if ((COMP_CWORD > 1)); then
    case \${COMP_WORDS[1]} in
      ${names.join('|')}) command=\${COMP_WORDS[1]} ;;
    esac
  fi
  case $command in
${arms.map(([pattern, body]) => `    ${pattern})\n${body}\n      ;;`).join('\n')}
  esac
  ((COMP_CWORD > 1)) || words="${names.join(' ')}"
${OFFERS}
}

complete -F _gantry gantry
`
}

function bodyOf({ flags, words, paths }: CompletedCommand): string {
  const spellings = flags.flatMap((flag) => flag.spellings)
  const values = valueArms(flags)
  return [
    ...(values.length === 0 ? [] : ['      case $prev in', ...values, '      esac']),
    `      flags='${spellings.join(' ')}'`,
    `      words='${words.join(' ')}' paths=${paths === undefined ? '' : letterOf(paths)}`,
  ].join('\n')
}

/** One for each kind of value. */
function valueArms(flags: readonly CompletedFlag[]): readonly string[] {
  const pairs = flags.flatMap(({ spellings, value }) =>
    value === undefined ? [] : spellings.map((spelling) => [spelling, value] as const),
  )
  return byCommands(pairs, '|').map(([pattern, value]) => `        ${pattern}) ${offerOf(value)}return ;;`)
}

function offerOf(value: Offer): string {
  if (value === 'text') return ''
  if (value === 'file' || value === 'directory') return `_gantry_paths ${letterOf(value)}; `
  return `_gantry_offer -W '${value.join(' ')}'; `
}

const letterOf = (paths: 'file' | 'directory'): string => (paths === 'file' ? '-f' : '-d')
