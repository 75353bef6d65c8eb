// The body of a request of Node's as `wsgi.input`, pulled as the application reads it.

import type { IncomingMessage } from 'node:http'
import { GantryError } from '../../errors.ts'
import { type ByteSource, BodyInput, emptyInput } from '../../wsgi/input-stream.ts'
import { RequestCancelled } from '../../wsgi/request-context.ts'
import { keptBody } from './kept-body.ts'

const NOTHING = Buffer.alloc(0)

export interface NodeRequestBody {
  readonly input: BodyInput
  /** What the environ must say of it, where that is not what the request says; undefined: must not say. */
  readonly strings?: Readonly<Record<string, string | undefined>>
}

/**
 * The body of `request`, from where it is: on its way, or with a body parser that came first.
 *
 * @throws GantryError GANTRY_BODY_ALREADY_READ for one that was read and not kept
 */
export function nodeRequestBody(request: IncomingMessage): NodeRequestBody {
  if (!hasBody(request)) return { input: emptyInput() }
  if (!request.readableDidRead && !request.readableEnded)
    return { input: new BodyInput(NOTHING, new MessageSource(request)) }
  const kept = keptBody(request)
  if (kept === undefined) throw alreadyRead(request)
  return { input: new BodyInput(kept.bytes, undefined, kept.bytes), strings: kept.strings }
}

// RFC 9112 §6.3: a request without either field has none.
function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return headers['transfer-encoding'] !== undefined || (length !== undefined && Number(length) !== 0)
}

function alreadyRead(request: IncomingMessage & { readonly originalUrl?: string }): GantryError {
  return new GantryError('GANTRY_BODY_ALREADY_READ', {
    method: request.method ?? '',
    target: request.originalUrl ?? request.url ?? '',
    contentType: request.headers['content-type'],
  })
}

const EVENTS = ['readable', 'end', 'error', 'close'] as const

/** Reads only what is asked for, so that a client sends no faster than the application reads. */
class MessageSource implements ByteSource {
  readonly #message: IncomingMessage
  readonly #wakeUp = (): void => this.#wake?.()
  #wake: (() => void) | undefined
  #isListening = false
  #isClosed = false

  constructor(message: IncomingMessage) {
    this.#message = message
  }

  async pull(maxBytes: number): Promise<Uint8Array> {
    this.#listen()
    for (;;) {
      if (this.#isClosed) throw new RequestCancelled('the request is over, and its body gone')
      const message = this.#message
      const block = (
        message.readableLength > maxBytes ? message.read(maxBytes) : message.read()
      ) as Buffer | null
      if (block !== null) return block
      if (message.readableEnded) return NOTHING
      if (message.destroyed) throw new RequestCancelled('the client left before its body was complete')
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** What the client still sends is dropped, so that the connection can be used again. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#wake?.()
    if (!this.#isListening) return
    for (const event of EVENTS) this.#message.off(event, this.#wakeUp)
    if (!this.#message.readableEnded && !this.#message.destroyed) this.#message.resume()
  }

  // Not before the first read: a client that waits for 100 Continue, or a body that nobody wants, stays where it is.
  #listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    for (const event of EVENTS) this.#message.on(event, this.#wakeUp)
  }
}
