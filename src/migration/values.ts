// Values of another server's configuration as texts.

/** Each value of a list, or the only one. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)]
}

const LONGEST = 60

/** For people, on one line. */
export function shownValue(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) return String(value)
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}
