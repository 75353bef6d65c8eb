// Path prefixes as request targets have them: whole segments count, before `%2F` is decoded.

const SLASH = 0x2f

/** Whether the path between `start` and `end` is `prefix` or lies below it. The empty prefix holds every path. */
export function isUnder(prefix: Buffer, bytes: Buffer, start: number, end: number): boolean {
  const { length } = prefix
  if (end - start < length) return false
  // Nearly all paths differ in one of the first letters.
  for (let i = 0; i < length; i++) {
    if (bytes[start + i] !== prefix[i]) return false
  }
  return length === 0 || end - start === length || bytes[start + length] === SLASH
}
