// Finds the known name that a mistyped one was most likely meant to be.

/** The nearest of `known`, or `undefined` if none is near enough to be worth suggesting. */
export function nearestName(given: string, known: readonly string[]): string | undefined {
  const mostEdits = Math.min(lengthOf(given) - 1, Math.max(2, Math.floor(lengthOf(given) / 3)))
  let nearest: string | undefined
  let fewest = mostEdits + 1
  for (const name of known) {
    const edits = editDistance(given, name)
    if (edits < fewest) [nearest, fewest] = [name, edits]
  }
  return nearest ?? uniqueCompletion(given, known)
}

/** `--max-body` for `--max-body-bytes`: many edits away, and yet clear as long as only one name begins so. */
function uniqueCompletion(given: string, known: readonly string[]): string | undefined {
  if (lengthOf(given) < 2) return undefined
  const completions = known.filter((name) => name.startsWith(given))
  return completions.length === 1 ? completions[0] : undefined
}

// What all names have in common says nothing about how near they are.
const lengthOf = (name: string): number => name.replace(/^(--?|GANTRY_)/, '').length

/** Damerau–Levenshtein, optimal string alignment: insertions, deletions, substitutions, swaps of neighbours. */
export function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1]
      const isSwap =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current[column] = Math.min(
        last[column]! + 1,
        current[column - 1]! + 1,
        last[column - 1]! + (isSame ? 0 : 1),
        isSwap ? beforeLast[column - 2]! + 1 : Number.POSITIVE_INFINITY,
      )
    }
    ;[beforeLast, last] = [last, current]
  }
  return last[to.length]!
}
