// The body of a CGI request: so many bytes of the standard input, and never one more (RFC 3875 §4.2).

import { read, readSync } from 'node:fs'
import type { StreamedBody } from '../../wsgi/exchange.ts'

// Where the descriptor does not wait by itself.
const RETRY_MS = 5
const DISCARDED_BYTES = 65_536

export class StandardInput implements StreamedBody {
  onArrival: (() => void) | undefined
  /** Set by the exchange: called once if the input ends before the body does. */
  onBroken: ((missingBytes: number) => void) | undefined
  readonly #descriptor: number
  /** Infinity: as much as comes. */
  #missing: number
  #arrived: Uint8Array | undefined
  #isReading = false

  constructor(descriptor: number, size: number) {
    this.#descriptor = descriptor
    this.#missing = size
  }

  take(maxBytes: number): Uint8Array | 'end' | undefined {
    const arrived = this.#arrived
    if (arrived !== undefined) {
      const taken = arrived.subarray(0, maxBytes)
      this.#arrived = taken.length < arrived.length ? arrived.subarray(maxBytes) : undefined
      return taken
    }
    if (this.#missing === 0) return 'end'
    if (!this.#isReading) this.#read(Buffer.allocUnsafe(Math.min(maxBytes, this.#missing)))
    return undefined
  }

  /** Reads what nobody wants any more. */
  discard(): void {
    // A read that is under way gets some of it, and would be waited for in vain.
    if (!this.#isReading) discardInput(this.#descriptor, this.#missing)
  }

  #read(room: Buffer): void {
    this.#isReading = true
    read(this.#descriptor, room, 0, room.length, null, (error, count) => {
      if (error?.code === 'EAGAIN') {
        setTimeout(() => this.#read(room), RETRY_MS)
        return
      }
      this.#isReading = false
      const hasEnded = error !== null || count === 0
      if (hasEnded && this.#missing !== Infinity) {
        this.onBroken?.(this.#missing)
        return
      }
      this.#missing = hasEnded ? 0 : this.#missing - count
      this.#arrived = hasEnded ? undefined : room.subarray(0, count)
      const { onArrival } = this
      this.onArrival = undefined
      onArrival?.()
    })
  }
}

/**
 * Reads `size` bytes and drops them. A web server may have the standard input and the answer on one socket (mod_cgid has): what is left
 * unread there when the process ends breaks the answer off.
 */
export function discardInput(descriptor: number, size: number): void {
  const room = Buffer.allocUnsafe(Math.min(size, DISCARDED_BYTES))
  try {
    for (let missing = size; missing > 0; ) {
      const count = readSync(descriptor, room, 0, Math.min(missing, room.length), null)
      if (count === 0) return
      missing -= count
    }
  } catch {
    // Nothing more comes, which is as well.
  }
}
