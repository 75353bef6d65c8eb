// The contents of records that have a fixed form (§5.1 and §5.5). Undefined: the content has not the length of its type.

import { FIXED_CONTENT_BYTES } from './record-writer.ts'

const KEEP_CONNECTION = 1

export interface BeginRequest {
  /** One of `ROLE`, or another number. */
  readonly role: number
  /** The connection stays open behind the answer. */
  readonly keepsConnection: boolean
}

export interface EndRequest {
  readonly applicationStatus: number
  /** One of `PROTOCOL_STATUS`, or another number. */
  readonly protocolStatus: number
}

export function readBeginRequest(bytes: Buffer, start: number, end: number): BeginRequest | undefined {
  if (end - start !== FIXED_CONTENT_BYTES) return undefined
  return { role: bytes.readUInt16BE(start), keepsConnection: (bytes[start + 2]! & KEEP_CONNECTION) !== 0 }
}

export function readEndRequest(bytes: Buffer, start: number, end: number): EndRequest | undefined {
  if (end - start !== FIXED_CONTENT_BYTES) return undefined
  return { applicationStatus: bytes.readUInt32BE(start), protocolStatus: bytes[start + 4]! }
}
