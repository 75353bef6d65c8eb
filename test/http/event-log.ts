// What a request parser makes of received pieces, as the lines of a corpus case.

import type { HttpLimits } from '../../src/http/limits.ts'
import type { RequestHead } from '../../src/http/request-head.ts'
import { RequestParser } from '../../src/http/request-parser.ts'
import { violationSpec } from '../../src/http/violation.ts'
import { escapeBytes } from './corpus.ts'

// What lies round a piece in the buffer that all connections share: bytes that would end or complete almost anything.
const OTHERS_BYTES = Buffer.from('\n:/0\r\n0\r\n\r\n', 'latin1')

/** When the parser is asked for its events: after each piece, or once all pieces are there. */
export type Asking = 'each time' | 'at the end'

/** The events for `pieces`, body data that follows each other joined. */
export function logEvents(
  pieces: readonly Buffer[],
  limits: HttpLimits,
  asking: Asking = 'each time',
): string[] {
  const log = new EventLog(limits)
  for (const piece of pieces) {
    log.receive(piece)
    if (asking === 'each time') log.drain()
  }
  log.drain()
  return log.finish()
}

class EventLog {
  readonly #parser: RequestParser
  readonly #lines: string[] = []
  #headLines: string[] = []
  #body: Buffer[] = []

  constructor(limits: HttpLimits) {
    this.#parser = new RequestParser(limits)
  }

  receive(piece: Buffer): void {
    const bytes = Buffer.concat([OTHERS_BYTES, piece, OTHERS_BYTES])
    this.#parser.receive(bytes, OTHERS_BYTES.length, OTHERS_BYTES.length + piece.length)
  }

  drain(): void {
    while (this.#takeEvent());
    this.#parser.ownRest()
  }

  finish(): string[] {
    this.#flushBody()
    if (this.#parser.violation === undefined && this.#parser.isInRequest) this.#lines.push('incomplete')
    return this.#lines
  }

  #takeEvent(): boolean {
    const parser = this.#parser
    const event = parser.next()
    if (event !== 'body' && event !== 'need-data') this.#flushBody()
    switch (event) {
      case 'need-data':
        return false
      case 'head':
        this.#headLines = describeHead(parser.head)
        this.#lines.push(...this.#headLines)
        return true
      case 'body':
        this.#body.push(parser.bytes.subarray(parser.dataStart, parser.dataEnd))
        return true
      case 'end':
        this.#lines.push(
          describeHead(parser.head).join() === this.#headLines.join() ? 'end' : 'end with another head',
        )
        return true
      case 'violation': {
        const code = parser.violation
        const line =
          code === undefined ? 'violation without a code' : `violation ${code} ${violationSpec(code).status}`
        if (this.#lines.at(-1) !== line) this.#lines.push(line)
        return false
      }
    }
  }

  #flushBody(): void {
    if (this.#body.length === 0) return
    this.#lines.push(`body ${escapeBytes(Buffer.concat(this.#body))}`)
    this.#body = []
  }
}

function describeHead(head: RequestHead): string[] {
  const text = (start: number, end: number): string => escapeBytes(head.bytes.subarray(start, end))
  const query = text(head.queryStart, head.targetEnd)
  const facts = [
    `head ${head.method} ${text(head.targetStart, head.targetEnd)} HTTP/1.${head.minorVersion}`,
    head.isHead && 'is HEAD',
    `path ${text(head.pathStart, head.pathEnd)}`,
    head.hasEncodedPath && 'is encoded',
    head.isAsterisk && 'is asterisk',
    query !== '' && `query ${query}`,
    head.hostStart !== -1 && `host ${text(head.hostStart, head.hostEnd)}`,
    head.contentLength !== -1 && `length ${head.contentLength}`,
    head.isChunked && 'chunked',
    head.expectsContinue && 'expects 100',
    head.isPersistent ? 'persistent' : 'closing',
  ].filter((fact) => fact !== false)
  const lines = [facts.join(' | ')]
  for (let field = 0; field < head.fieldCount; field++) {
    const [name, value] = head.field(field)
    lines.push(`field ${name}: ${escapeBytes(Buffer.from(value, 'latin1'))}`)
  }
  return lines
}
