// What the reader of a head makes of received pieces, as the lines of a corpus case.

import { escapeBytes } from '../http/corpus.ts'

interface HeadReader {
  readonly pairs: readonly string[]
  readonly violation: string | undefined
  readonly hasBegun: boolean
  readonly rest: Buffer
  receive(bytes: Buffer, start: number, end: number): void
  next(): string
}

// What lies round a piece in the buffer that all connections share.
const OTHERS_BYTES = Buffer.from('0:,\0\0', 'latin1')

/** The events for `pieces`: a `pair` line for each variable, and what follows them. */
export function logHead(reader: HeadReader, pieces: readonly Buffer[]): string[] {
  const taken = [...pieces]
  let event = 'need-data'
  while (event === 'need-data' && taken.length > 0) {
    const piece = taken.shift()!
    const bytes = Buffer.concat([OTHERS_BYTES, piece, OTHERS_BYTES])
    reader.receive(bytes, OTHERS_BYTES.length, OTHERS_BYTES.length + piece.length)
    event = reader.next()
  }
  if (event === 'need-data') return reader.hasBegun ? ['incomplete'] : []
  if (event === 'violation') return [`violation ${reader.violation ?? 'unknown'}`]
  if (event !== 'head') return [event]
  const rest = Buffer.concat([reader.rest, ...taken])
  return ['head', ...pairLinesOf(reader.pairs), ...(rest.length === 0 ? [] : [`rest ${escapeBytes(rest)}`])]
}

/** A line for each of the names and values in turn. */
export function pairLinesOf(pairs: readonly string[]): string[] {
  const escaped = pairs.map((text) => escapeBytes(Buffer.from(text, 'latin1')))
  return Array.from({ length: escaped.length / 2 }, (_, i) => `pair ${escaped[2 * i]}=${escaped[2 * i + 1]}`)
}
