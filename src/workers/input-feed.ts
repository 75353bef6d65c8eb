// Gives a worker's thread the body of its streamed request, a piece for each `want` (protocol/link.md, "A streamed body").

import type { StreamedBody } from '../wsgi/exchange.ts'
import type { FrameSocket } from './frame-socket.ts'
import { FrameError, MAX_INPUT_BYTES, encodeInput } from './frames.ts'
import { WAITS_TO_READ } from './work-clock.ts'
import type { WorkClock } from './work-clock.ts'

export class InputFeed {
  readonly #body: StreamedBody
  readonly #socket: FrameSocket
  readonly #clock: WorkClock
  /** What the thread waits for; 0 when it does not wait. */
  #wantedBytes = 0
  #hasEnded = false

  constructor(body: StreamedBody, socket: FrameSocket, clock: WorkClock) {
    this.#body = body
    this.#socket = socket
    this.#clock = clock
  }

  get isWanted(): boolean {
    return this.#wantedBytes > 0
  }

  /** The thread waits for up to `maxBytes`. Throws FrameError when it is not its turn to. */
  want(maxBytes: number): void {
    if (this.isWanted || this.#hasEnded) throw new FrameError('a worker wanted input out of turn')
    this.#wantedBytes = Math.min(maxBytes, MAX_INPUT_BYTES)
    this.#give()
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#body.onArrival = undefined
  }

  #give(): void {
    if (!this.#socket.isOpen) return
    // Set first: asking may be what lets data in at once, and then this is called while `take` still runs.
    this.#body.onArrival = () => this.#give()
    const input = this.#body.take(this.#wantedBytes)
    if (input === undefined) {
      this.#clock.wait(WAITS_TO_READ)
      return
    }
    this.#clock.goOn(WAITS_TO_READ)
    this.stop()
    this.#wantedBytes = 0
    this.#hasEnded = input === 'end'
    this.#socket.write(encodeInput(input))
  }
}
