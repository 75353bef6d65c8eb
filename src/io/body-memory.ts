// Memory for request bodies. A body lies in one piece, which grows where it is, and whose memory serves the next one as soon as nobody reads it
// any more: as garbage it would cost more than all else that is done for the body.

/** Of one body, or of what waits of one answer. More is better read and written in pieces. */
export const LARGEST_IN_MEMORY_BYTES = 1_048_576
/** Who has sent less has not shown yet that the body will ever be complete, and gets no memory of this kind. */
export const LEAST_REUSED_BYTES = 4096
const LEAST_BYTES = 65_536
const MAX_SPARE_BYTES = 16_777_216

/** What TypeScript's library for ES2023 does not name. */
interface ResizableMemory extends ArrayBuffer {
  resize(bytes: number): void
}

const spare: BodyMemory[] = []
let spareBytes = 0
const read = new WeakSet<Uint8Array>()

/** How much memory a body of `bytes` takes. */
export function memoryFor(bytes: number): number {
  let size = LEAST_BYTES
  while (size < bytes) size *= 2
  return size
}

/** Says of a body that its reader has all of it and will not look at it again. */
export function haveRead(body: Uint8Array): void {
  if (body.length >= LEAST_REUSED_BYTES) read.add(body)
}

/**
 * A body for applications in this process, which may look at it for as long as they like, and use it for what takes no memory that can be
 * resized. Nobody else looks at `body` any more.
 */
export function ownBody(body: Uint8Array): Uint8Array {
  if ((body.buffer as { readonly resizable?: boolean }).resizable !== true) return body
  haveRead(body)
  return Buffer.from(body)
}

/** Memory that its bodies had is given back to the system. */
export function forgetSpareMemory(): void {
  spare.length = spareBytes = 0
}

export class BodyMemory {
  readonly #memory: ResizableMemory
  #bytes: Buffer

  private constructor() {
    // V8 gets such memory from the system by itself (body-blocks.ts), and takes of it only what is filled.
    const options = { maxByteLength: LARGEST_IN_MEMORY_BYTES }
    this.#memory = Reflect.construct(ArrayBuffer, [LEAST_BYTES, options]) as ResizableMemory
    this.#bytes = Buffer.from(this.#memory, 0, LEAST_BYTES)
  }

  /** Room for the largest body there may be. */
  static take(): BodyMemory {
    const memory = spare.pop()
    if (memory === undefined) return new BodyMemory()
    spareBytes -= memory.#bytes.length
    return memory
  }

  /** Copies `data` to the place `at`. */
  put(data: Uint8Array, at: number): void {
    const size = memoryFor(at + data.length)
    if (size > this.#bytes.length) {
      this.#memory.resize(size)
      this.#bytes = Buffer.from(this.#memory, 0, size)
    }
    this.#bytes.set(data, at)
  }

  /** The first `length` bytes. */
  first(length: number): Buffer {
    return this.#bytes.subarray(0, length)
  }

  /** Nobody needs it any more, unless `body`, which lies in it, may still be read: then it is not used again. */
  release(body: Uint8Array | undefined): void {
    const size = this.#bytes.length
    if ((body !== undefined && !read.has(body)) || spareBytes + size > MAX_SPARE_BYTES) return
    spare.push(this)
    spareBytes += size
  }
}
