// Name-value pairs (§3.4): lengths of one byte, or of four with the highest bit set, then name and value.

const LONG = 0x80
const LONGEST_SHORT = 127
const LONG_LENGTH_BYTES = 4
/** What a name-value pair may have at most. */
export const MAX_PAIR_PART_BYTES = 0x7fff_ffff

/** Where a pair lies. */
export type TakePair = (nameStart: number, nameEnd: number, valueStart: number, valueEnd: number) => void

/** Finds the pairs of a complete stream that lies in `bytes` from `start` to `end`. False: the last of them is longer than the stream. */
export function readPairs(bytes: Buffer, start: number, end: number, take: TakePair): boolean {
  let at = start
  while (at < end) {
    const valueLengthAt = at + lengthBytes(bytes[at]!)
    if (valueLengthAt >= end) return false
    const nameStart = valueLengthAt + lengthBytes(bytes[valueLengthAt]!)
    if (nameStart > end) return false
    const nameEnd = nameStart + readLength(bytes, at)
    const valueEnd = nameEnd + readLength(bytes, valueLengthAt)
    if (valueEnd > end) return false
    take(nameStart, nameEnd, nameEnd, valueEnd)
    at = valueEnd
  }
  return true
}

/** The pairs of a complete stream as strings of one character a byte, names and values in turn; undefined if the last is longer than the stream. */
export function pairStrings(bytes: Buffer, start = 0, end = bytes.length): string[] | undefined {
  const text = bytes.toString('latin1', start, end)
  const strings: string[] = []
  const isWhole = readPairs(bytes, start, end, (nameStart, nameEnd, valueStart, valueEnd) => {
    strings.push(
      text.slice(nameStart - start, nameEnd - start),
      text.slice(valueStart - start, valueEnd - start),
    )
  })
  return isWhole ? strings : undefined
}

/** The bytes of pairs, which are strings of one character a byte. */
export function encodePairs(pairs: Iterable<readonly [name: string, value: string]>): Buffer {
  const parts: Buffer[] = []
  for (const [name, value] of pairs) {
    const lengths = Buffer.allocUnsafe(2 * LONG_LENGTH_BYTES)
    const end = writeLength(lengths, writeLength(lengths, 0, name.length), value.length)
    parts.push(lengths.subarray(0, end), Buffer.from(name + value, 'latin1'))
  }
  return Buffer.concat(parts)
}

function lengthBytes(first: number): number {
  return (first & LONG) === 0 ? 1 : LONG_LENGTH_BYTES
}

function readLength(bytes: Buffer, at: number): number {
  const first = bytes[at]!
  return (first & LONG) === 0 ? first : bytes.readUInt32BE(at) & MAX_PAIR_PART_BYTES
}

function writeLength(target: Buffer, start: number, length: number): number {
  if (length > MAX_PAIR_PART_BYTES) throw new RangeError(`${length} bytes are too many for a pair`)
  if (length > LONGEST_SHORT) return target.writeUInt32BE((length | (LONG << 24)) >>> 0, start)
  target[start] = length
  return start + 1
}
