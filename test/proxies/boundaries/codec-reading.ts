// The oracle: the requests of a byte stream as Gantry's own codec reads them, up to where a connection would end.

import type { RequestHead } from '../../../src/http/request-head.ts'
import { RequestParser } from '../../../src/http/request-parser.ts'
import { DEFAULT_LIMITS } from '../../harness/default-limits.ts'

export interface ReadRequest {
  readonly method: string
  readonly target: string
  /** One latin-1 character a byte. */
  readonly body: string
}

export interface CodecReading {
  /** Complete ones. */
  readonly requests: readonly ReadRequest[]
  /** `closing`: the last request asked for the end of the connection. */
  readonly end: 'boundary' | 'closing' | 'incomplete' | 'violation'
}

export function readWithCodec(bytes: Buffer): CodecReading {
  const parser = new RequestParser(DEFAULT_LIMITS)
  parser.receive(bytes)
  const requests: ReadRequest[] = []
  let body: Buffer[] = []
  for (;;) {
    const event = parser.next()
    if (event === 'violation') return { requests, end: 'violation' }
    if (event === 'need-data') return { requests, end: parser.isInRequest ? 'incomplete' : 'boundary' }
    if (event === 'body') body.push(Buffer.from(parser.bytes.subarray(parser.dataStart, parser.dataEnd)))
    if (event === 'body' || (event === 'head' && parser.head.hasBody)) continue
    requests.push(describeRequest(parser.head, Buffer.concat(body)))
    body = []
    if (!parser.head.isPersistent) return { requests, end: 'closing' }
  }
}

function describeRequest(head: RequestHead, body: Buffer): ReadRequest {
  return {
    method: head.method,
    target: head.bytes.toString('latin1', head.targetStart, head.targetEnd),
    body: body.toString('latin1'),
  }
}
