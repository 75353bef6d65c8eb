// Completion for zsh.

import { commandArms, type CompletedCommand, type CompletedFlag, type Offer } from './completed-flag.ts'

const HEAD = `#compdef gantry
# Completion of gantry for zsh. In ~/.zshrc, behind compinit: source <(gantry completion zsh)

_gantry_argument() {
  (( $#gantry_words )) && compadd -- "$gantry_words[@]"
  case $gantry_paths in
    (file) _files ;;
    (directory) _files -/ ;;
  esac
}
`

// As a file of fpath it is the function's body, and else it says what it completes.
const TAIL = `if [[ $funcstack[1] == _gantry ]]; then
  _gantry "$@"
else
  compdef _gantry gantry
fi
`

export function zshScript(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name)
  const arms = commandArms(commands, bodyOf)
  return `${HEAD}
_gantry() {
  local gantry_command=serve gantry_paths
  local -a gantry_words gantry_flags
  local -i is_first=$(( CURRENT == 2 ))
  if (( ! is_first )) && [[ $words[2] == (${names.join('|')}) ]]; then
    gantry_command=$words[2]
    shift words
    (( CURRENT-- ))
  fi
  case $gantry_command in
${arms.map(([pattern, body]) => `    (${pattern})\n${body}\n      ;;`).join('\n')}
  esac
  (( is_first )) && gantry_words=(${names.join(' ')})
  _arguments "$gantry_flags[@]" '*:argument:_gantry_argument'
}

${TAIL}`
}

function bodyOf({ flags, words, paths }: CompletedCommand): string {
  return [
    '      gantry_flags=(',
    ...flags.flatMap(specsOf).map((spec) => `        ${quoted(spec)}`),
    '      )',
    `      gantry_words=(${words.join(' ')}) gantry_paths=${paths ?? ''}`,
  ].join('\n')
}

/** Of every spelling; any may be repeated, as the last one counts. */
function specsOf({ spellings, value, metavariable, help }: CompletedFlag): readonly string[] {
  const description = help === '' ? '' : `[${escaped(help)}]`
  const argument = value === undefined ? '' : `:${escaped(metavariable)}:${actionOf(value)}`
  const ending = (spelling: string): string => (spelling.startsWith('--') ? '=' : '+')
  return spellings.map(
    (spelling) => `*${spelling}${value === undefined ? '' : ending(spelling)}${description}${argument}`,
  )
}

function actionOf(value: Offer): string {
  if (value === 'text') return ' '
  if (value === 'file') return '_files'
  return value === 'directory' ? '_files -/' : `(${value.join(' ')})`
}

/** What `_arguments` would take for its own. */
const escaped = (text: string): string => text.replace(/[\\[\]:]/g, String.raw`\$&`)

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
