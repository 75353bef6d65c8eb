// What a shell is told of a command and its flags; the scripts differ only in how they put it.

/** Paths, these words, or a text that no shell can know. */
export type Offer = 'text' | 'file' | 'directory' | readonly string[]

export interface CompletedFlag {
  /** Every way to write it, the longest name first. */
  readonly spellings: readonly string[]
  /** Of its value; undefined where it has none. */
  readonly value: Offer | undefined
  readonly metavariable: string
  readonly help: string
}

export interface CompletedCommand {
  readonly name: string
  readonly help: string
  readonly flags: readonly CompletedFlag[]
  /** What may stand there beside flags. */
  readonly words: readonly string[]
  readonly paths: 'file' | 'directory' | undefined
}

/** What each command has in a `case` of a shell, one arm for all that have the same: their names, joined with `|`, and its body. */
export const commandArms = (
  commands: readonly CompletedCommand[],
  bodyOf: (command: CompletedCommand) => string,
): readonly (readonly [pattern: string, body: string])[] =>
  byCommands(
    commands.map((command) => [command.name, bodyOf(command)] as const),
    '|',
  )

/** Names of commands, joined with `separator`, → what holds for exactly these, in the order in which it first came. */
export function byCommands<T>(
  pairs: readonly (readonly [name: string, said: T])[],
  separator: string,
): readonly (readonly [names: string, said: T])[] {
  const names = new Map<string, { readonly said: T; readonly names: string[] }>()
  for (const [name, said] of pairs) {
    const key = JSON.stringify(said)
    const same = names.get(key) ?? { said, names: [] }
    same.names.push(name)
    names.set(key, same)
  }
  return [...names.values()].map((each) => [each.names.join(separator), each.said])
}
