// FastCGI records as bytes (§3.3 and §5), for both sides of a connection. What is longer than a record becomes several.

import {
  HEADER_BYTES,
  MANAGEMENT_ID,
  MAX_CONTENT_BYTES,
  type ProtocolStatus,
  RECORD,
  type RecordType,
  VERSION,
} from './record-types.ts'

const KEEP_CONNECTION = 1
/** What a `beginRequest`, an `endRequest` and an `unknownType` have as content. */
export const FIXED_CONTENT_BYTES = 8

/** Writes the header of a record whose content follows. Returns where it ends. No padding: nobody needs it. */
export function writeHeader(
  target: Buffer,
  start: number,
  type: RecordType,
  requestId: number,
  contentLength: number,
): number {
  target[start] = VERSION
  target[start + 1] = type
  target[start + 2] = requestId >> 8
  target[start + 3] = requestId
  target[start + 4] = contentLength >> 8
  target[start + 5] = contentLength
  target[start + 6] = 0
  target[start + 7] = 0
  return start + HEADER_BYTES
}

/** How many bytes `writeStream` takes for so much content. */
export function streamBytes(contentLength: number): number {
  return contentLength + HEADER_BYTES * Math.ceil(contentLength / MAX_CONTENT_BYTES)
}

/** Writes `content` as records of a stream; nothing at all where it is empty, which would end the stream. Returns where they end. */
export function writeStream(
  target: Buffer,
  start: number,
  type: RecordType,
  requestId: number,
  content: Uint8Array,
): number {
  let at = start
  for (let taken = 0; taken < content.length; ) {
    const end = Math.min(taken + MAX_CONTENT_BYTES, content.length)
    at = writeHeader(target, at, type, requestId, end - taken)
    target.set(content.subarray(taken, end), at)
    at += end - taken
    taken = end
  }
  return at
}

/** Writes the record that ends a stream. Returns where it ends. */
export function writeStreamEnd(target: Buffer, start: number, type: RecordType, requestId: number): number {
  return writeHeader(target, start, type, requestId, 0)
}

/** §5.5. Returns where it ends. */
export function writeEndRequest(
  target: Buffer,
  start: number,
  requestId: number,
  protocolStatus: ProtocolStatus,
  applicationStatus: number,
): number {
  const at = writeHeader(target, start, RECORD.endRequest, requestId, FIXED_CONTENT_BYTES)
  target.fill(0, at, at + FIXED_CONTENT_BYTES)
  target.writeUInt32BE(applicationStatus, at)
  target[at + 4] = protocolStatus
  return at + FIXED_CONTENT_BYTES
}

/** §5.1, as a client sends it. Returns where it ends. */
export function writeBeginRequest(
  target: Buffer,
  start: number,
  requestId: number,
  role: number,
  keepsConnection: boolean,
): number {
  const at = writeHeader(target, start, RECORD.beginRequest, requestId, FIXED_CONTENT_BYTES)
  target.fill(0, at, at + FIXED_CONTENT_BYTES)
  target.writeUInt16BE(role, at)
  target[at + 2] = keepsConnection ? KEEP_CONNECTION : 0
  return at + FIXED_CONTENT_BYTES
}

/** §4.2: what is answered to a management record of a type that is not known. */
export function unknownType(type: number): Buffer {
  const record = Buffer.alloc(HEADER_BYTES + FIXED_CONTENT_BYTES)
  const at = writeHeader(record, 0, RECORD.unknownType, MANAGEMENT_ID, FIXED_CONTENT_BYTES)
  record[at] = type
  return record
}

/** A record with no more content than one can have. */
export function record(type: RecordType, requestId: number, content: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + content.length)
  bytes.set(content, writeHeader(bytes, 0, type, requestId, content.length))
  return bytes
}
