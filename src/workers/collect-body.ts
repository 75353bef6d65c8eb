// A request body from wherever it comes, complete, as a worker takes it: in memory or in a spool file.

import type { GantryError } from '../errors.ts'
import { IncomingBody } from '../spool/incoming-body.ts'
import type { SpoolDirectory } from '../spool/spool.ts'
import type { RequestBody } from '../wsgi/exchange.ts'
import { BodyInput, type InputStream } from '../wsgi/input-stream.ts'

const BLOCK_BYTES = 65_536

/** A body that is kept until it is released. */
export interface CollectedBody {
  readonly body: RequestBody
  readonly size: number
  release(): void
}

/**
 * Reads `input` to its end. `expectedBytes` is the declared length, or -1. Rejects with a GantryError when the body cannot be kept, and
 * with whatever reading it throws.
 */
export async function collectBody(
  input: InputStream,
  expectedBytes: number,
  spool: SpoolDirectory,
): Promise<CollectedBody> {
  const incoming = new IncomingBody(spool, expectedBytes)
  const intake = new Intake(incoming)
  try {
    for (let block = await nextBlock(input); block.length > 0; block = await nextBlock(input)) {
      // What is read may be a part of something larger that is read into again.
      if (!incoming.take(Buffer.from(block))) await intake.room()
    }
    const body = await incoming.finish()
    if (body === undefined) throw intake.error ?? new Error('the request body was given up')
    return { body, size: incoming.size, release: () => incoming.discard() }
  } catch (error) {
    incoming.discard()
    throw error
  }
}

function nextBlock(input: InputStream): Promise<Uint8Array> {
  return input instanceof BodyInput ? input.readSome(BLOCK_BYTES) : input.read(BLOCK_BYTES)
}

/** Waits for an incoming body. */
class Intake {
  error: GantryError | undefined
  #settle: ((error?: GantryError) => void) | undefined

  constructor(body: IncomingBody) {
    body.onDrain = () => this.#settle?.()
    body.onError = (error) => {
      this.error = error
      this.#settle?.(error)
    }
  }

  /** Resolves when the body takes more. */
  room(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = (error) => (error === undefined ? resolve() : reject(error))
      if (this.error !== undefined) reject(this.error)
    })
  }
}
