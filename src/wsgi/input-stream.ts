// `wsgi.input`: the request's body. Reading returns promises, as a body may lie in a file or be on its way.

// The global one is a getter, which costs more than all else that is done for a request without a body.
import { Buffer } from 'node:buffer'
import type { RequestBody } from './exchange.ts'
import { linesOf, readLines } from './input-lines.ts'

/** PEP 3333, "Input and Error Streams". Ends where the body ends: an empty buffer, never a hang, never bytes of the next request. */
export interface InputStream extends AsyncIterable<Buffer> {
  /** `size` bytes, fewer only at the end; all that is left without `size` or with a negative one. */
  read(size?: number): Promise<Buffer>
  /** Up to and with the next line feed, or at most `size` bytes. */
  readline(size?: number): Promise<Buffer>
  /** All lines that are left; about `hint` bytes of them where it is positive. */
  readlines(hint?: number): Promise<Buffer[]>
}

/** Where the bytes come from. */
export interface ByteSource {
  /** Some of the next bytes, about `maxBytes` at most; none at the end, and from then on. */
  pull(maxBytes: number): Promise<Uint8Array> | Uint8Array
  /** It is the client that has to send something before a pull ends. */
  readonly waitsForClient?: boolean
  /** The request is over: nothing more is pulled, and what waits for bytes is to wait no longer. */
  close?(): void
}

const EMPTY = Buffer.alloc(0)
const PULL_BYTES = 65_536
const LINE_FEED = 0x0a

/** An `InputStream` over a body in memory, and what `source` has behind it. Only one read may be under way. */
export class BodyInput implements InputStream {
  readonly #body: RequestBody | undefined
  #source: ByteSource | undefined
  #held: Buffer
  #isUntouched = true
  #isPulling = false

  /** `body`: what the bytes are of, as a whole, for whoever can pass it on unread. */
  constructor(held: Uint8Array, source?: ByteSource, body?: RequestBody) {
    this.#held = asBuffer(held)
    this.#source = source
    this.#body = body
  }

  /** The whole body, as long as nothing was read of it. Whoever takes it to read it by itself must not read here any more. */
  get wholeBody(): RequestBody | undefined {
    return this.#isUntouched ? this.#body : undefined
  }

  /** Whoever reads waits for the client. */
  get waitsForClient(): boolean {
    return this.#source?.waitsForClient === true
  }

  async read(size = -1): Promise<Buffer> {
    this.#isUntouched = false
    let missing = size < 0 ? Infinity : size
    const pieces: Buffer[] = []
    do {
      const piece = this.#take(missing)
      pieces.push(piece)
      missing -= piece.length
    } while (missing > 0 && (await this.#pullMore()))
    return joined(pieces)
  }

  /** Some bytes as soon as there are any, at most `maxBytes`; empty at the end. Not of the PEP: for those who pass a body on. */
  async readSome(maxBytes: number): Promise<Buffer> {
    this.#isUntouched = false
    if (this.#held.length === 0) await this.#pullMore()
    return this.#take(maxBytes)
  }

  async readline(size = -1): Promise<Buffer> {
    this.#isUntouched = false
    let missing = size < 0 ? Infinity : size
    const pieces: Buffer[] = []
    do {
      // Not all that is held: whoever reads a long line in small pieces would have it searched again for each.
      const end = this.#held.subarray(0, missing).indexOf(LINE_FEED) + 1
      const piece = this.#take(Math.min(end === 0 ? Infinity : end, missing))
      pieces.push(piece)
      missing = piece.at(-1) === LINE_FEED ? 0 : missing - piece.length
    } while (missing > 0 && (await this.#pullMore()))
    return joined(pieces)
  }

  readlines(hint = -1): Promise<Buffer[]> {
    return readLines(this, hint)
  }

  /** Line by line. */
  [Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    return linesOf(this)
  }

  /** The request is over. What is in memory can still be read. */
  close(): void {
    this.#source?.close?.()
  }

  #take(count: number): Buffer {
    const taken = this.#held.subarray(0, count)
    this.#held = this.#held.subarray(count)
    return taken
  }

  /** Only when nothing is held. False at the end. */
  async #pullMore(): Promise<boolean> {
    if (this.#source === undefined) return false
    // Two reads at a time would each get parts of the other's bytes.
    if (this.#isPulling) throw new Error('wsgi.input is being read: await one read before the next')
    this.#isPulling = true
    try {
      this.#held = asBuffer(await this.#source.pull(PULL_BYTES))
    } finally {
      this.#isPulling = false
    }
    if (this.#held.length > 0) return true
    this.close()
    this.#source = undefined
    return false
  }
}

/**
 * `wsgi.input` over bytes, or over what comes: for middleware that puts another body in the place of the client's, and for gateways.
 *
 * ```ts
 * environ['wsgi.input'] = inputStream(gunzipSync(await environ['wsgi.input'].read()))
 * ```
 */
export function inputStream(source: Uint8Array | AsyncIterable<Uint8Array>): InputStream {
  return source instanceof Uint8Array
    ? new BodyInput(source, undefined, source)
    : new BodyInput(EMPTY, new IterableSource(source))
}

class IterableSource implements ByteSource {
  readonly #blocks: AsyncIterator<Uint8Array>

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#blocks = source[Symbol.asyncIterator]()
  }

  async pull(): Promise<Uint8Array> {
    for (;;) {
      const step = await this.#blocks.next()
      if (step.done === true) return EMPTY
      if (step.value.length > 0) return step.value
    }
  }

  close(): void {
    this.#blocks.return?.().catch(() => undefined)
  }
}

/** The input of a request without a body. */
export const emptyInput = (): BodyInput => new BodyInput(EMPTY, undefined, EMPTY)

function joined(pieces: readonly Buffer[]): Buffer {
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces)
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
