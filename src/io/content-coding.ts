// Content codings (RFC 9110 §8.4.1) by Node's zlib, whose work is done in threads of its own: whole content in one go, and streams of which
// every block can be decoded as soon as it is there.

import type { Transform } from 'node:stream'
import { finished } from 'node:stream/promises'
import * as zlib from 'node:zlib'

/** By their registered names. */
export type ContentCoding = 'br' | 'gzip' | 'zstd'

/** The ones that this version of Node has. */
export const CODINGS: readonly ContentCoding[] =
  'createZstdCompress' in zlib ? ['zstd', 'br', 'gzip'] : ['br', 'gzip']

interface LevelRange {
  readonly least: number
  readonly most: number
  readonly usual: number
}

/** The usual ones take about the same time. */
export const LEVELS: Readonly<Record<ContentCoding, LevelRange>> = {
  br: { least: 0, most: 11, usual: 4 },
  gzip: { least: 1, most: 9, usual: 6 },
  // Beyond 19 a decoder needs more than 8 MB, which browsers refuse (RFC 9659).
  zstd: { least: 1, most: 19, usual: 3 },
}

/** Content whose blocks are at hand, or come one after the other. */
export type ContentBlocks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>

// 2^19 bytes: more would make pages little smaller, and each stream costs a multiple of it for as long as it lasts.
const WINDOW_BITS = 19
// More than this is encoded in steps, so that what comes out never fills the memory.
const STEP_BYTES = 262_144

/** Encodes content that is whole. */
export async function encodeWhole(bytes: Uint8Array, coding: ContentCoding, level: number): Promise<Buffer> {
  const encoder = createEncoder(coding, level, 'at-the-end')
  encoder.end(bytes)
  const pieces: Buffer[] = []
  for await (const piece of encoder) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

type Step = IteratorResult<Uint8Array, undefined>
type Source = Iterator<Uint8Array, unknown> | AsyncIterator<Uint8Array, unknown>

const OVER: Step = { done: true, value: undefined }

/**
 * Content encoded block by block: each comes out complete before the next is asked for.
 *
 * Whoever does not take it to its end calls `return`, at any time: it ends the source too, and frees what encoding takes.
 */
export class EncodedBlocks implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #source: Source
  readonly #coding: ContentCoding
  readonly #level: number
  /** Made when the first block is there: most of what costs. */
  #encoder: Transform | undefined
  #encoded: Buffer[] = []
  /** What is left of the block at hand. */
  #rest: Uint8Array = Buffer.alloc(0)
  #isOver = false

  constructor(blocks: ContentBlocks, coding: ContentCoding, level: number) {
    this.#source = Symbol.asyncIterator in blocks ? blocks[Symbol.asyncIterator]() : blocks[Symbol.iterator]()
    this.#coding = coding
    this.#level = level
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<Step> {
    try {
      const bytes = await this.#nextBytes()
      if (this.#isOver) return OVER
      const value = bytes === undefined ? await this.#finish() : await this.#encode(bytes)
      return { done: false, value }
    } catch (error) {
      // Freeing the encoder ends the step that is under way with an error, which is no news.
      if (this.#isOver) return OVER
      await this.return()
      throw error
    }
  }

  async return(): Promise<Step> {
    if (this.#isOver) return OVER
    this.#isOver = true
    this.#encoder?.destroy()
    await this.#source.return?.()
    return OVER
  }

  /** Undefined at the end. */
  async #nextBytes(): Promise<Uint8Array | undefined> {
    if (this.#rest.length === 0) {
      const step = await this.#source.next()
      if (step.done === true) return undefined
      this.#rest = step.value
    }
    const bytes = this.#rest.subarray(0, STEP_BYTES)
    this.#rest = this.#rest.subarray(STEP_BYTES)
    return bytes
  }

  #encode(bytes: Uint8Array): Promise<Buffer> {
    const encoder = this.#openEncoder()
    return new Promise((resolve, reject) => {
      encoder.write(bytes, (error) => {
        if (error) reject(error)
        else resolve(this.#takeEncoded(encoder))
      })
    })
  }

  async #finish(): Promise<Buffer> {
    const encoder = this.#openEncoder()
    encoder.end()
    await finished(encoder)
    this.#isOver = true
    return this.#takeEncoded(encoder)
  }

  #openEncoder(): Transform {
    if (this.#encoder !== undefined) return this.#encoder
    const encoder = createEncoder(this.#coding, this.#level, 'after-each-block')
    encoder.on('data', (piece: Buffer) => this.#encoded.push(piece))
    // Whoever waits for the step that failed is told.
    encoder.on('error', () => undefined)
    this.#encoder = encoder
    return encoder
  }

  #takeEncoded(encoder: Transform): Buffer {
    // What is read is handed to the listener as well: here it is what has not got there yet.
    while (encoder.read() !== null);
    const pieces = this.#encoded
    this.#encoded = []
    return Buffer.concat(pieces)
  }
}

type Flushing = 'after-each-block' | 'at-the-end'

function createEncoder(coding: ContentCoding, level: number, flushing: Flushing): Transform {
  const isEach = flushing === 'after-each-block'
  const { constants } = zlib
  switch (coding) {
    case 'gzip':
      return zlib.createGzip({ level, flush: isEach ? constants.Z_SYNC_FLUSH : constants.Z_NO_FLUSH })
    case 'br':
      return zlib.createBrotliCompress({
        flush: isEach ? constants.BROTLI_OPERATION_FLUSH : constants.BROTLI_OPERATION_PROCESS,
        params: {
          [constants.BROTLI_PARAM_QUALITY]: level,
          [constants.BROTLI_PARAM_LGWIN]: WINDOW_BITS,
        },
      })
    case 'zstd':
      return createZstdEncoder(level, isEach)
  }
}

/** What Node has from 22.15 on, and its types for older versions have not. */
interface WithZstd {
  createZstdCompress(options: { readonly flush: number; readonly params: Record<number, number> }): Transform
  readonly constants: Readonly<
    Record<'ZSTD_e_flush' | 'ZSTD_e_continue' | 'ZSTD_c_compressionLevel' | 'ZSTD_c_windowLog', number>
  >
}

function createZstdEncoder(level: number, isEach: boolean): Transform {
  const withZstd = zlib as unknown as WithZstd
  const { constants } = withZstd
  return withZstd.createZstdCompress({
    flush: isEach ? constants.ZSTD_e_flush : constants.ZSTD_e_continue,
    params: {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_windowLog]: WINDOW_BITS,
    },
  })
}
