// A request as its client sends it (§5.1 to §5.3): the role of a responder, one request a connection at a time.

import { encodePairs } from './name-values.ts'
import {
  FIXED_CONTENT_BYTES,
  record,
  streamBytes,
  writeBeginRequest,
  writeStream,
  writeStreamEnd,
} from './record-writer.ts'
import { HEADER_BYTES, RECORD, ROLE } from './record-types.ts'

/** The records that begin a request, its parameters included. Strings hold a character a byte. */
export function requestStart(
  requestId: number,
  pairs: Iterable<readonly [name: string, value: string]>,
  keepsConnection: boolean,
): Buffer {
  const params = encodePairs(pairs)
  const bytes = Buffer.allocUnsafe(3 * HEADER_BYTES + FIXED_CONTENT_BYTES + streamBytes(params.length))
  let at = writeBeginRequest(bytes, 0, requestId, ROLE.responder, keepsConnection)
  at = writeStream(bytes, at, RECORD.params, requestId, params)
  return bytes.subarray(0, writeStreamEnd(bytes, at, RECORD.params, requestId))
}

/** A part of the body; none ends it. */
export function requestBody(requestId: number, block: Uint8Array): Buffer {
  if (block.length === 0) return record(RECORD.stdin, requestId, block)
  const bytes = Buffer.allocUnsafe(streamBytes(block.length))
  writeStream(bytes, 0, RECORD.stdin, requestId, block)
  return bytes
}

/** §5.4: nobody waits for the answer any more. */
export const requestAbort = (requestId: number): Buffer =>
  record(RECORD.abortRequest, requestId, new Uint8Array(0))
