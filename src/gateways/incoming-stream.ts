// A request body that the application reads while it arrives (`--stream-requests`): a short queue between the two.

import type { StreamedBody } from '../wsgi/exchange.ts'

// One read of a socket fits; more is not read before the application has taken some.
const MAX_WAITING_BYTES = 65_536

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
  #parts: Uint8Array[] = []
  #waitingBytes = 0
  #isFull = false

  constructor(feeder: StreamFeeder) {
    this.#feeder = feeder
  }

  take(maxBytes: number): Uint8Array | 'end' | undefined {
    if (this.#parts.length === 0) {
      if (this.isComplete) return 'end'
      this.isWanted = true
      this.#feeder.wanted()
      return undefined
    }
    // Many small pieces become one: each that is taken is a round trip to the worker.
    const waiting = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
    const taken = waiting.subarray(0, maxBytes)
    this.#parts = taken.length === waiting.length ? [] : [waiting.subarray(maxBytes)]
    this.#waitingBytes -= taken.length
    if (this.#isFull && this.#waitingBytes === 0) {
      this.#isFull = false
      this.#feeder.drained()
    }
    return taken
  }

  /** Takes data, which stays as it is. False: wait for `drained` before giving more. */
  push(data: Uint8Array): boolean {
    this.#parts.push(data)
    this.#waitingBytes += data.length
    this.#arrived()
    this.#isFull = this.#waitingBytes > MAX_WAITING_BYTES
    return !this.#isFull
  }

  /** The body is complete. */
  finish(): void {
    this.isComplete = true
    this.#arrived()
  }

  #arrived(): void {
    this.isWanted = false
    const { onArrival } = this
    this.onArrival = undefined
    onArrival?.()
  }
}
