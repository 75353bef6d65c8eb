// A request body that is read while it arrives (`--stream-requests`).

import type { StreamedBody } from '../wsgi/exchange.ts'
import type { ByteSource } from '../wsgi/input-stream.ts'
import { RequestCancelled } from '../wsgi/request-context.ts'

const NOTHING = new Uint8Array(0)

export class StreamedSource implements ByteSource {
  readonly #body: StreamedBody
  #giveUp: ((error: Error) => void) | undefined
  #isClosed = false

  constructor(body: StreamedBody) {
    this.#body = body
  }

  get waitsForClient(): boolean {
    return this.#giveUp !== undefined
  }

  async pull(maxBytes: number): Promise<Uint8Array> {
    for (;;) {
      if (this.#isClosed) throw new RequestCancelled('the request is over, and its body gone')
      let arrived: (() => void) | undefined
      const arrival = new Promise<void>((resolve, reject) => {
        arrived = resolve
        this.#giveUp = reject
      })
      // Set first: asking may be what lets data in at once.
      this.#body.onArrival = arrived
      const taken = this.#body.take(maxBytes)
      if (taken !== undefined) {
        // Nobody awaits the arrival, so nobody may reject it either.
        this.#body.onArrival = this.#giveUp = undefined
        return taken === 'end' ? NOTHING : taken
      }
      await arrival
    }
  }

  close(): void {
    this.#isClosed = true
    this.#body.onArrival = undefined
    this.#giveUp?.(new RequestCancelled('the client left before its body was complete'))
  }
}
