// A request body that the application reads while it arrives (`--stream-requests`): a short queue between the two.

import type { StreamedBody } from '../wsgi/exchange.ts'

// One read of a socket fits; more is not read before the application has taken some.
const MAX_WAITING_BYTES = 65_536
const LEAST_ROOM_BYTES = 1024
const EMPTY = Buffer.alloc(0)

/** What a stream needs of the connection that feeds it. */
export interface StreamFeeder {
  /** The application waits for data. */
  wanted(): void
  /** `push` may go on after it returned false. */
  drained(): void
}

export class IncomingStream implements StreamedBody {
  onArrival: (() => void) | undefined
  /** The application waits for data: the client's time counts. */
  isWanted = false
  isComplete = false
  readonly #feeder: StreamFeeder
  #waiting: Buffer = EMPTY
  /** `#waiting` ends in this at `#end`, with room for more behind it. Empty while it is one piece as it came. */
  #room: Buffer = EMPTY
  #end = 0
  #isFull = false

  constructor(feeder: StreamFeeder) {
    this.#feeder = feeder
  }

  take(maxBytes: number): Uint8Array | 'end' | undefined {
    if (this.#waiting.length === 0) {
      if (this.isComplete) return 'end'
      this.isWanted = true
      this.#feeder.wanted()
      return undefined
    }
    const taken = this.#waiting.subarray(0, maxBytes)
    this.#waiting = this.#waiting.subarray(maxBytes)
    if (this.#isFull && this.#waiting.length === 0) {
      this.#isFull = false
      this.#feeder.drained()
    }
    return taken
  }

  /** Takes data, which stays as it is. False: wait for `drained` before giving more. */
  push(data: Buffer): boolean {
    if (this.#waiting.length === 0) this.#begin(data)
    else this.#append(data)
    this.#arrived()
    this.#isFull = this.#waiting.length > MAX_WAITING_BYTES
    return !this.#isFull
  }

  /** The body is complete. */
  finish(): void {
    this.isComplete = true
    this.#arrived()
  }

  #begin(data: Buffer): void {
    this.#waiting = data
    this.#room = EMPTY
    this.#end = 0
  }

  /**
   * Copies all but the first piece: a client that sends byte by byte must not make us keep an object, or the slab that it came in, for
   * each. Besides, each piece that is taken is a round trip to the worker.
   */
  #append(data: Buffer): void {
    const size = this.#waiting.length + data.length
    if (this.#end + data.length > this.#room.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(size * 2, LEAST_ROOM_BYTES))
      grown.set(this.#waiting)
      this.#room = grown
      this.#end = this.#waiting.length
    }
    this.#room.set(data, this.#end)
    this.#end += data.length
    this.#waiting = this.#room.subarray(this.#end - size, this.#end)
  }

  #arrived(): void {
    this.isWanted = false
    const { onArrival } = this
    this.onArrival = undefined
    onArrival?.()
  }
}
