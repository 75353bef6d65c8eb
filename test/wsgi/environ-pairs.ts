// An environ block (protocol/link.md) as a worker reads it.

const FIRST_KEYS = ['REQUEST_METHOD', 'PATH_INFO', 'QUERY_STRING', 'REQUEST_URI']

/** An own environ block: four values, then keys and values in turn. */
export function decodeOwnBlock(block: Buffer): Record<string, string> {
  const strings = block.toString('latin1').split('\0')
  const values = strings.slice(0, FIRST_KEYS.length)
  const pairs = decodePairs(Buffer.from(strings.slice(FIRST_KEYS.length).join('\0'), 'latin1'))
  return { ...Object.fromEntries(FIRST_KEYS.map((key, i) => [key, values[i]!])), ...pairs }
}

/** Keys and values in turn, each ended by NUL. Throws if it is anything else, or if a key stands twice. */
export function decodePairs(block: Buffer): Record<string, string> {
  const strings = block.toString('latin1').split('\0')
  if (strings.pop() !== '' || strings.length % 2 !== 0)
    throw new Error(`no environ block: ${JSON.stringify(strings)}`)
  const pairs: Record<string, string> = {}
  for (let i = 0; i < strings.length; i += 2) {
    const key = strings[i]!
    if (key in pairs) throw new Error(`${key} stands twice`)
    pairs[key] = strings[i + 1]!
  }
  return pairs
}
