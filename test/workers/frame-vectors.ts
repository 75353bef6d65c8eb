// protocol/vectors/frames.json, and what the front's decoders make of a frame in the same words.

import { readFileSync } from 'node:fs'
import {
  FRAME,
  FrameError,
  FrameHead,
  MICROS_BYTES,
  decodeEnded,
  decodeFile,
  decodeForkFailed,
  decodeForked,
  decodeJson,
  decodeLinkHello,
  decodeMicros,
  decodeRevoked,
  decodeTaggedText,
  decodeWant,
} from '../../src/workers/frames.ts'
import type { FrameReader } from '../../src/workers/frames.ts'

export interface FrameVector {
  readonly name: string
  /** Who receives the frame. */
  readonly to: 'front' | 'worker'
  readonly type: string
  readonly hex: string
}

export interface ValidVector extends FrameVector {
  readonly fields: object
}

interface Vectors {
  readonly valid: readonly ValidVector[]
  readonly invalid: readonly FrameVector[]
}

const PATH = new URL('../../protocol/vectors/frames.json', import.meta.url)

export const VECTORS = JSON.parse(readFileSync(PATH, 'utf8')) as Vectors

/** Type names of protocol/link.md by their numbers. */
export const TYPE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(FRAME).map(([key, code]) => [
    code,
    key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  ]),
)

/** The fields of the frame that `reader` stands on, as the vectors write them. Throws FrameError as the link does. */
export function decodeFields(reader: FrameReader): object {
  const { bytes, start, end } = reader
  switch (reader.type) {
    case FRAME.linkHello:
      return decodeLinkHello(reader)
    case FRAME.response: {
      const { head, headEnd } = decodeHead(reader, start + MICROS_BYTES)
      return { micros: decodeMicros(reader), head, body: bytes.toString('latin1', headEnd, end) }
    }
    case FRAME.responseHead:
      return { head: decodeHead(reader, start).head }
    case FRAME.body:
      return { body: bytes.toString('latin1', start, end) }
    case FRAME.file: {
      const { offset, size, path } = decodeFile(reader)
      return { offset, size, path: path.toString('latin1') }
    }
    case FRAME.end:
    case FRAME.abort:
      return { micros: decodeMicros(reader) }
    case FRAME.failure: {
      const { tag, text } = decodeTaggedText(reader, start + MICROS_BYTES)
      return { micros: decodeMicros(reader), kind: tag, text }
    }
    case FRAME.log: {
      const { tag, text } = decodeTaggedText(reader, start)
      return { level: tag, text }
    }
    case FRAME.want:
      return { maxBytes: decodeWant(reader) }
    case FRAME.booting:
    case FRAME.ready:
    case FRAME.bootFailed:
    case FRAME.stacksTold:
    case FRAME.interrupted:
      return { message: decodeJson(reader) }
    case FRAME.revoked:
      return decodeRevoked(reader)
    case FRAME.forked:
      return decodeForked(reader)
    case FRAME.forkFailed:
      return decodeForkFailed(reader)
    case FRAME.ended:
      return decodeEnded(reader)
    default:
      throw new FrameError(`type ${reader.type} is not the front's`)
  }
}

const head = new FrameHead()

function decodeHead(reader: FrameReader, start: number): { readonly head: object; readonly headEnd: number } {
  head.decode(reader, start)
  const block = reader.bytes.toString('latin1', head.blockStart, head.blockEnd).split('\0')
  block.pop()
  const fields = {
    status: head.status,
    date: head.hasDate,
    server: head.hasServer,
    contentLength: head.contentLength === -1 ? null : head.contentLength,
    block,
  }
  return { head: fields, headEnd: head.blockEnd }
}
