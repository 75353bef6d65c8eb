// A command as people paste it: from a shell, a Procfile, a Dockerfile or a unit of systemd. Found in it: what is gunicorn's, what stands in
// front of it, and what is another command.

import { posix } from 'node:path'
import { type ShellWord, shellWords } from '../shell-words.ts'

export interface PastedCommand {
  /** What stands behind `gunicorn`. */
  readonly words: readonly string[]
  /** Variables in front of it, `NAME=value`. */
  readonly variables: readonly string[]
  /** The interpreter that runs it, where that is shown by a path. */
  readonly python: string | undefined
  /** Whatever else stands in front of it: `newrelic-admin run-program`. */
  readonly wrapper: string
  /** Other commands beside it. */
  readonly others: string
}

/** Of `process.argv`: several words, or one that holds a whole line. Undefined where a quote is never closed. */
export function pastedCommand(argv: readonly string[]): PastedCommand | undefined {
  const [only] = argv
  const words = argv.length === 1 && only !== undefined && /\s/.test(only) ? wordsOfLine(only) : asWords(argv)
  if (words === undefined) return undefined
  const commands = split(words)
  const index = commands.findIndex((command) => startOf(command) !== undefined)
  const others = commands.filter((_, each) => each !== index).map((command) => command.join(' '))
  return index === -1 ? bare(words) : { ...taken(commands[index]!), others: others.join('; ') }
}

const asWords = (texts: readonly string[]): readonly ShellWord[] =>
  texts.map((text) => ({ kind: 'word', text }))

// `web: gunicorn …` of a Procfile, `CMD ["gunicorn", …]` of a Dockerfile, `ExecStart=/srv/venv/bin/gunicorn …` of a unit.
function wordsOfLine(line: string): readonly ShellWord[] | undefined {
  const command = line
    .trim()
    .replace(/^(?:[a-z]+:\s+|(?:CMD|ENTRYPOINT|RUN)\s+|Exec(?:Start|StartPre)=-?\s*)/, '')
  return execForm(command) ?? shellWords(command)
}

function execForm(command: string): readonly ShellWord[] | undefined {
  if (!command.startsWith('[')) return undefined
  try {
    const parsed: unknown = JSON.parse(command)
    return Array.isArray(parsed) && parsed.every((each) => typeof each === 'string')
      ? asWords(parsed)
      : undefined
  } catch {
    return undefined
  }
}

function split(words: readonly ShellWord[]): readonly (readonly string[])[] {
  const commands: string[][] = [[]]
  let isTarget = false
  for (const { kind, text } of words) {
    if (kind === 'word' && !isTarget) commands.at(-1)!.push(text)
    else if (kind === 'operator' && !/[<>]/.test(text)) commands.push([])
    // Where an output goes is no command, and no word of one.
    isTarget = kind === 'operator' && /[<>]$/.test(text)
  }
  return commands.filter((command) => command.length > 0)
}

/** Where gunicorn's own name stands. */
function startOf(command: readonly string[]): number | undefined {
  const index = command.findIndex((word) => /^gunicorn3?$/.test(posix.basename(word)))
  return index === -1 ? undefined : index
}

const bare = (words: readonly ShellWord[]): PastedCommand => ({
  words: words.map(({ text }) => text),
  variables: [],
  python: undefined,
  wrapper: '',
  others: '',
})

function taken(command: readonly string[]): Omit<PastedCommand, 'others'> {
  const start = startOf(command) ?? 0
  const before = command.slice(0, start)
  const isModule = before.at(-1) === '-m'
  const variables = before.filter((word) => /^[A-Za-z_][A-Za-z0-9_]*=/.test(word))
  const interpreter = isModule ? before.at(-2) : besides(command[start]!)
  const wrapper = before
    .slice(0, isModule ? -2 : undefined)
    .filter((word) => !variables.includes(word) && word !== 'exec' && word !== 'env')
  return {
    words: command.slice(start + 1),
    variables,
    // A name alone is found in PATH: it does not say which one it is.
    python: interpreter?.includes('/') === true ? interpreter : undefined,
    wrapper: wrapper.join(' '),
  }
}

/** The interpreter of the environment that a path to gunicorn leads into. */
function besides(program: string): string | undefined {
  const isOfSystem = /^\/(usr\/)?(local\/)?bin\//.test(program)
  return program.includes('/') && !isOfSystem ? posix.join(posix.dirname(program), 'python') : undefined
}
