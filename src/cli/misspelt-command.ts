// For whoever mistypes a command: its word was taken for an application, and there is none of that name.

import { editDistance } from '../config/nearest-name.ts'
import { COMPLETED_COMMANDS } from './completion/completed-commands.ts'

/** Commands elsewhere, and flags here. */
const FLAGS: ReadonlyMap<string, string> = new Map([
  ['help', '--help'],
  ['version', '--version'],
])
// A shorter word may as well be an application: `shop` is none of the ways to write `stop`.
const SHORTEST = 5
const MOST_EDITS = 2

/** A line for standard error; empty where `word` resembles no command. */
export function misspeltCommandHint(word: string): string {
  const names = COMPLETED_COMMANDS.map(({ name }) => name)
  const nearest = names
    .map((name) => ({ name, edits: editDistance(word, name) }))
    .filter(({ edits }) => word.length >= SHORTEST && edits <= MOST_EDITS)
    .sort((one, other) => one.edits - other.edits)[0]?.name
  const meant = FLAGS.get(word) ?? nearest
  return meant === undefined ? '' : `  Or did you mean gantry ${meant}?\n`
}
