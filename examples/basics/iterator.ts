// A class is an application too: constructing it makes the iterable that is the answer.

import type { Environ, StartResponse } from 'gantry/wsgi'

/** Counts down, a line each time the server asks for the next block. */
class Countdown implements IterableIterator<Uint8Array> {
  #count = 3

  constructor(_environ: Environ, startResponse: StartResponse) {
    startResponse('200 OK', [['Content-Type', 'text/plain']])
  }

  [Symbol.iterator](): this {
    return this
  }

  next(): IteratorResult<Uint8Array> {
    if (this.#count === 0) return { done: true, value: undefined }
    const line = Buffer.from(`${this.#count}\n`)
    this.#count -= 1
    return { done: false, value: line }
  }
}

export const application = Countdown
