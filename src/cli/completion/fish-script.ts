// Completion for fish, from 3.0 on.

import { byCommands, type CompletedCommand, type CompletedFlag, type Offer } from './completed-flag.ts'

const DIRECTORIES = `-a '(__fish_complete_directories (commandline -ct))'`

export function fishScript(commands: readonly CompletedCommand[]): string {
  const flags = byCommands(
    commands.flatMap((command) => command.flags.map((flag) => [command.name, flag] as const)),
    ' ',
  )
  return `${headFor(commands.map(({ name }) => name))}
complete -c gantry -f
${commands.map(commandLine).join('\n')}
${commands.flatMap(argumentLines).join('\n')}
${flags.map(([names, flag]) => flagLine(names, flag)).join('\n')}
`
}

const headFor = (
  names: readonly string[],
): string => `# Completion of gantry for fish. In ~/.config/fish/config.fish: gantry completion fish | source

function __gantry_is_first
    test (count (commandline -opc)) -eq 1
end

function __gantry_is
    set -l words (commandline -opc)
    set -l command serve
    if set -q words[2]; and contains -- $words[2] ${names.join(' ')}
        set command $words[2]
    end
    contains -- $command $argv
end
`

const commandLine = ({ name, help }: CompletedCommand): string =>
  `complete -c gantry -n __gantry_is_first -a ${name} -d ${quoted(help)}`

function argumentLines({ name, words, paths }: CompletedCommand): readonly string[] {
  const start = `complete -c gantry -n '__gantry_is ${name}'`
  return [
    ...(words.length === 0 ? [] : [`${start} -a '${words.join(' ')}'`]),
    ...(paths === undefined ? [] : [`${start} ${paths === 'file' ? '-F' : DIRECTORIES}`]),
  ]
}

function flagLine(names: string, { spellings, value, help }: CompletedFlag): string {
  const spelled = spellings.map((spelling) =>
    spelling.startsWith('--') ? `-l ${spelling.slice(2)}` : `-s ${spelling.slice(1)}`,
  )
  return [
    `complete -c gantry -n '__gantry_is ${names}'`,
    ...spelled,
    ...(value === undefined ? [] : [valueOf(value)]),
    ...(help === '' ? [] : [`-d ${quoted(help)}`]),
  ].join(' ')
}

function valueOf(value: Offer): string {
  if (value === 'text') return '-x'
  if (value === 'file') return '-r -F'
  return value === 'directory' ? `-x ${DIRECTORIES}` : `-x -a '${value.join(' ')}'`
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, String.raw`\$&`)}'`
