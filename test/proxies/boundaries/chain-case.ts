// Every byte stream that is sent through a proxy: the corpus, the vectors, and what hides a request on purpose.

import { readCorpus } from '../../http/corpus.ts'
import { VECTORS } from '../../vectors/vector.ts'
import { type CodecReading, readWithCodec } from './codec-reading.ts'
import { HOSTILE_STREAMS } from './hostile-streams.ts'

export interface ChainCase {
  readonly name: string
  readonly bytes: Buffer
  /** What Gantry's codec makes of the bytes. */
  readonly reading: CodecReading
}

// It closes, so that the end of the connection tells that all is over.
const PROBE = Buffer.from('GET /probe HTTP/1.1\r\nHost: probe.test\r\nConnection: close\r\n\r\n')

export function chainCases(): ChainCase[] {
  const streams: (readonly [name: string, bytes: Buffer])[] = [
    ...readCorpus('http1').map(({ name, request }) => [name, request] as const),
    ...VECTORS.map(({ id, title, bytes }) => [`${id} ${title}`, Buffer.from(bytes, 'latin1')] as const),
    ...Object.entries(HOSTILE_STREAMS).map(([name, text]) => [name, Buffer.from(text, 'latin1')] as const),
  ]
  return streams.map(([name, stream]) => withProbe(name, stream))
}

/** A request behind the case shows where the next one begins. Behind one that is incomplete it would be part of it. */
function withProbe(name: string, stream: Buffer): ChainCase {
  const bytes = readWithCodec(stream).end === 'incomplete' ? stream : Buffer.concat([stream, PROBE])
  return { name, bytes, reading: readWithCodec(bytes) }
}
