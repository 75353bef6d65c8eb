// A request body on its way in: small ones in memory, large ones on disk, so that an application is only handed complete bodies.

import type { RequestBody } from '../wsgi/exchange.ts'
import type { SpoolDirectory, SpoolFile } from './spool.ts'

/** Bodies up to this size travel inline in the worker's frame. */
export const INLINE_BODY_BYTES = 65_536
const EMPTY = new Uint8Array(0)

export const NO_BODY: RequestBody = EMPTY

/** Collects one body. */
export class IncomingBody {
  /** Called when `take` may go on after it returned false. */
  onDrain: (() => void) | undefined
  /** Called once, when the body cannot be kept (the disk is full, say). */
  onError: ((error: Error) => void) | undefined
  readonly #spool: SpoolDirectory
  #parts: Uint8Array[] = []
  #size = 0
  #file: SpoolFile | undefined

  /** `expectedBytes` is the declared length, or -1. */
  constructor(spool: SpoolDirectory, expectedBytes: number) {
    this.#spool = spool
    if (expectedBytes > INLINE_BODY_BYTES) this.#openFile()
  }

  get size(): number {
    return this.#size
  }

  /** Takes body data, which stays the caller's to keep unchanged. False: wait for `onDrain` before giving more. */
  take(data: Uint8Array): boolean {
    this.#size += data.length
    if (this.#file !== undefined) return this.#file.write(data)
    this.#parts.push(data)
    return this.#size <= INLINE_BODY_BYTES || this.#openFile()
  }

  /** The whole body; undefined if it could not be kept. */
  finish(): RequestBody | Promise<RequestBody | undefined> {
    const file = this.#file
    if (file === undefined) return this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts)
    return file.finish().then((isWritten) => (isWritten ? { path: file.path, size: file.size } : undefined))
  }

  /** Gives the body up. */
  discard(): void {
    this.#file?.discard()
    this.#parts = []
  }

  #openFile(): boolean {
    const file = this.#spool.create()
    file.onDrain = () => this.onDrain?.()
    file.onError = (error) => this.onError?.(error)
    this.#file = file
    let goOn = true
    for (const part of this.#parts) goOn = file.write(part)
    this.#parts = []
    return goOn
  }
}
