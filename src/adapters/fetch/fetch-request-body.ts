// The body of a Request as `wsgi.input`, pulled as the application reads it.

import { GantryError } from '../../errors.ts'
import { type ByteSource, BodyInput, emptyInput } from '../../wsgi/input-stream.ts'
import { RequestCancelled } from '../../wsgi/request-context.ts'

const NOTHING = Buffer.alloc(0)

/** @throws GantryError GANTRY_BODY_ALREADY_READ when somebody in front has read it */
export function fetchRequestBody(request: Request): BodyInput {
  if (request.bodyUsed)
    throw new GantryError('GANTRY_BODY_ALREADY_READ', {
      method: request.method,
      target: request.url,
      contentType: request.headers.get('content-type') ?? undefined,
    })
  return request.body === null ? emptyInput() : new BodyInput(NOTHING, new StreamSource(request.body))
}

class StreamSource implements ByteSource {
  readonly #stream: ReadableStream<Uint8Array>
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  /** What is left of a block that was larger than what was asked for. */
  #rest: Uint8Array = NOTHING
  #isClosed = false

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#stream = stream
  }

  async pull(maxBytes: number): Promise<Uint8Array> {
    const reader = (this.#reader ??= this.#stream.getReader())
    while (this.#rest.length === 0) {
      const { done, value } = await reader.read()
      if (this.#isClosed) throw new RequestCancelled('the request is over, and its body gone')
      if (done) return NOTHING
      this.#rest = value
    }
    const taken = this.#rest.subarray(0, maxBytes)
    this.#rest = this.#rest.subarray(taken.length)
    return taken
  }

  /** Lets the client know that nobody reads on. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#reader?.cancel().catch(() => undefined)
  }
}
