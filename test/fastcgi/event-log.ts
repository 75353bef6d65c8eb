// What the responder's reader makes of received pieces, as the lines of a corpus case.

import { pairStrings } from '../../src/fastcgi/name-values.ts'
import { ResponderReader } from '../../src/fastcgi/responder-reader.ts'
import type { HttpLimits } from '../../src/http/limits.ts'
import { pairLinesOf } from '../cgi/head-log.ts'
import { escapeBytes } from '../http/corpus.ts'

/** The events for `pieces`; data of a body that follows each other joined. The maximum of params is `maxHeadBytes`. */
export function logEvents(pieces: readonly Buffer[], limits: HttpLimits): string[] {
  const reader = new ResponderReader(limits.maxHeadBytes)
  const lines: string[] = []
  const bodies = new Map<number, string>()
  for (const piece of pieces) {
    reader.receive(
      Buffer.concat([Buffer.from('\x01\x04'), piece, Buffer.from('\x01\x05')]),
      2,
      2 + piece.length,
    )
    takeEvents(reader, lines, bodies)
  }
  if (reader.violation === undefined && reader.isInRecord) lines.push('incomplete')
  return lines
}

function takeEvents(reader: ResponderReader, lines: string[], bodies: Map<number, string>): void {
  for (;;) {
    const event = reader.next()
    const { requestId: id } = reader
    switch (event) {
      case 'need-data':
        return
      case 'violation':
        if (!lines.at(-1)?.startsWith('violation')) lines.push(`violation ${reader.violation ?? 'unknown'}`)
        return
      case 'begin':
        lines.push(`begin ${id} role ${reader.role}${reader.keepsConnection ? ' keep' : ''}`)
        break
      case 'params':
        lines.push(`params ${id}`, ...pairLines(reader))
        break
      case 'stdin':
        bodies.set(id, (bodies.get(id) ?? '') + contentOf(reader))
        break
      case 'stdin-end':
        lines.push(`stdin ${id} ${bodies.get(id) ?? ''}`.trimEnd())
        bodies.delete(id)
        break
      case 'get-values':
        lines.push('get-values', ...pairLines(reader))
        break
      case 'unknown-type':
        lines.push(`unknown-type ${reader.type}`)
        break
      default:
        lines.push(`${event} ${id}`)
    }
  }
}

function pairLines({ bytes, start, end }: ResponderReader): string[] {
  const strings = pairStrings(bytes, start, end)
  return strings === undefined ? ['pairs cut'] : pairLinesOf(strings)
}

function contentOf({ bytes, start, end }: ResponderReader): string {
  return escapeBytes(bytes.subarray(start, end))
}
