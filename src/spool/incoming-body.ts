// A request body on its way in: small ones in memory, large ones on disk, so that an application is only handed complete bodies.

import type { GantryError } from '../errors.ts'
import type { RequestBody, SpooledBody } from '../wsgi/exchange.ts'
import type { SpoolDirectory } from './spool.ts'
import type { SpoolFile } from './spool-file.ts'

/** Bodies up to this size travel inline in the worker's frame. */
export const INLINE_BODY_BYTES = 65_536
const LEAST_COLLECTED_BYTES = 1024
const EMPTY = new Uint8Array(0)

export const NO_BODY: RequestBody = EMPTY

/** Collects one body. Its file, if it has one, is there until `discard`. */
export class IncomingBody {
  /** Called when `take` may go on after it returned false. */
  onDrain: (() => void) | undefined
  /** Called once, when the body cannot be kept, and never from within another call. */
  onError: ((error: GantryError) => void) | undefined
  readonly #spool: SpoolDirectory
  readonly #expectedBytes: number
  #size = 0
  /** What is in memory. Unless it came in one piece it is our own, of which `#size` bytes are filled. */
  #collected: Uint8Array = EMPTY
  #isCollectedOurs = false
  #file: SpoolFile | undefined
  #isDraining = false
  #state: 'collecting' | 'failed' | 'discarded' = 'collecting'
  #finished: ((body: SpooledBody | undefined) => void) | undefined

  /** `expectedBytes` is the declared length, or -1. */
  constructor(spool: SpoolDirectory, expectedBytes: number) {
    this.#spool = spool
    this.#expectedBytes = expectedBytes
  }

  get size(): number {
    return this.#size
  }

  /** Takes body data, which may not change from now on. False: wait for `onDrain` before giving more. */
  take(data: Uint8Array): boolean {
    const end = this.#size + data.length
    if (this.#state !== 'collecting') return false
    if (Math.max(this.#expectedBytes, end) > INLINE_BODY_BYTES) this.#write(data)
    else this.#collect(data, end)
    this.#size = end
    return !this.#isDraining
  }

  /** The whole body; undefined if it could not be kept, or was given up. */
  finish(): RequestBody | Promise<RequestBody | undefined> {
    if (this.#state !== 'collecting') return Promise.resolve(undefined)
    if (this.#file === undefined) {
      const { length } = this.#collected
      return length === this.#size ? this.#collected : this.#collected.subarray(0, this.#size)
    }
    return new Promise((resolve) => {
      this.#finished = resolve
      this.#publishIfWritten()
    })
  }

  /** Gives the body up, or its file back when the request is over. May be called again. */
  discard(): void {
    this.#state = 'discarded'
    this.#file?.discard()
    this.#collected = EMPTY
    this.#resolve(undefined)
  }

  /**
   * Copies what is not the whole: a client that sends a few bytes, or byte by byte, must not make us keep an object, or the large slab that
   * it came in, for each.
   */
  #collect(data: Uint8Array, end: number): void {
    if (this.#size === 0 && end === this.#expectedBytes) {
      this.#collected = data
      return
    }
    if (!this.#isCollectedOurs || end > this.#collected.length) {
      const grown = Buffer.allocUnsafe(Math.min(Math.max(end * 2, LEAST_COLLECTED_BYTES), INLINE_BODY_BYTES))
      grown.set(this.#collected.subarray(0, this.#size))
      this.#collected = grown
      this.#isCollectedOurs = true
    }
    this.#collected.set(data, this.#size)
  }

  #write(data: Uint8Array): void {
    const file = (this.#file ??= this.#openFile())
    const isTaken = this.#moveToFile(file) && file.append(data)
    if (isTaken) this.#isDraining = file.isBehind
    else this.#failLater(this.#spool.quotaError())
  }

  #openFile(): SpoolFile {
    const file = this.#spool.createFile('body')
    file.onWritten = () => this.#written(file)
    file.onError = (error) => this.#fail(this.#spool.errorFrom(error))
    return file
  }

  #moveToFile(file: SpoolFile): boolean {
    if (this.#collected.length === 0) return true
    const collected = this.#collected.subarray(0, this.#size)
    this.#collected = EMPTY
    return file.append(collected)
  }

  #written(file: SpoolFile): void {
    this.#publishIfWritten()
    if (!this.#isDraining || file.isBehind) return
    this.#isDraining = false
    this.onDrain?.()
  }

  #publishIfWritten(): void {
    const file = this.#file
    if (this.#finished === undefined || file?.isWritten !== true) return
    file.publish((error, path) => {
      if (error === null) this.#resolve({ path, size: this.#size })
      else this.#fail(this.#spool.errorFrom(error))
    })
  }

  #failLater(error: GantryError): void {
    this.#isDraining = true
    this.#state = 'failed'
    queueMicrotask(() => {
      if (this.#state === 'failed') this.#fail(error)
    })
  }

  #fail(error: GantryError): void {
    this.#state = 'failed'
    this.#file?.discard()
    this.onError?.(error)
    this.#resolve(undefined)
  }

  #resolve(body: SpooledBody | undefined): void {
    const finished = this.#finished
    this.#finished = undefined
    finished?.(body)
  }
}
