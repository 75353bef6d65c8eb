// One range of bytes, RFC 9110 §14.1.2.

/** From `start` to before `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

const ONE_RANGE = /^bytes=[ \t]*(?:(\d+)-(\d*)|-(\d+))[ \t]*$/i

/**
 * What the value of a Range field asks for of `size` bytes. Undefined: everything is sent. That also answers several ranges: hardly a client
 * asks for them, and many small ones that overlap were a way to make servers send far more than there is (CVE-2011-3192).
 */
export function byteRange(value: string, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = ONE_RANGE.exec(value)
  // No range of nothing could be named in an answer.
  if (match === null || size === 0) return undefined
  const [, first, last, suffix] = match
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size }
  }
  const start = Number(first)
  const final = last === '' ? Number.POSITIVE_INFINITY : Number(last)
  // Malformed: no range at all.
  if (final < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end: Math.min(final, size - 1) + 1 }
}
