// A request body on its way in: in memory while there is room for it, on disk otherwise, so that an application is only handed complete bodies.

import type { GantryError } from '../errors.ts'
import { copyOfBody } from '../io/body-blocks.ts'
import { BodyMemory, LARGEST_IN_MEMORY_BYTES, LEAST_REUSED_BYTES, memoryFor } from '../io/body-memory.ts'
import type { RequestBody, SpooledBody } from '../wsgi/exchange.ts'
import type { SpoolDirectory } from './spool.ts'
import type { SpoolFile } from './spool-file.ts'

/** Bodies up to this size are in memory in any case, larger ones as long as the budget for all has room. */
export const INLINE_BODY_BYTES = 65_536
const LEAST_COLLECTED_BYTES = 1024
const PIECE_BYTES = 65_536
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
  /** In place of that, for more than a little. */
  #memory: BodyMemory | undefined
  #budgetedBytes = 0
  #whole: Uint8Array | undefined
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

  /**
   * Takes body data, which may not change from now on unless it is only `lent`; `behindBytes` more are there and follow at once. False: wait
   * for `onDrain` before giving more.
   */
  take(data: Uint8Array, isLent = false, behindBytes = 0): boolean {
    const end = this.#size + data.length
    if (this.#state !== 'collecting') return false
    if (this.#file !== undefined || !this.#keep(data, end, isLent, behindBytes)) this.#write(data, isLent)
    this.#size = end
    return !this.#isDraining
  }

  /** The whole body; undefined if it could not be kept, or was given up. */
  finish(): RequestBody | Promise<RequestBody | undefined> {
    if (this.#state !== 'collecting') return Promise.resolve(undefined)
    if (this.#file === undefined) return (this.#whole = this.#first(this.#size))
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
    this.#memory?.release(this.#whole)
    this.#memory = undefined
    this.#leaveBudget()
    this.#resolve(undefined)
  }

  /** Keeps data in memory. False if it has no room there. */
  #keep(data: Uint8Array, end: number, isLent: boolean, behindBytes: number): boolean {
    const size = Math.max(this.#expectedBytes, end)
    const isWhole = this.#size === 0 && end === this.#expectedBytes
    if (isWhole && !isLent && size <= INLINE_BODY_BYTES) {
      this.#collected = data
    } else if (size > LARGEST_IN_MEMORY_BYTES) {
      return false
    } else if (end + behindBytes >= LEAST_REUSED_BYTES && this.#enterBudget(end)) {
      this.#memory ??= this.#moveToMemory()
      this.#memory.put(data, this.#size)
    } else if (this.#memory === undefined && (size <= INLINE_BODY_BYTES || end < LEAST_REUSED_BYTES)) {
      this.#collect(data, end)
    } else {
      return false
    }
    return true
  }

  #enterBudget(end: number): boolean {
    const more = memoryFor(end) - this.#budgetedBytes
    if (more <= 0) return true
    if (!this.#spool.memory.take(more)) return false
    this.#budgetedBytes += more
    return true
  }

  #leaveBudget(): void {
    this.#spool.memory.free(this.#budgetedBytes)
    this.#budgetedBytes = 0
  }

  #moveToMemory(): BodyMemory {
    const memory = BodyMemory.take()
    if (this.#size > 0) memory.put(this.#first(this.#size), 0)
    this.#collected = EMPTY
    return memory
  }

  /** What is in memory. */
  #first(bytes: number): Uint8Array {
    if (this.#memory !== undefined) return this.#memory.first(bytes)
    return this.#collected.length === bytes ? this.#collected : this.#collected.subarray(0, bytes)
  }

  /**
   * Copies: a client that sends a few bytes, or byte by byte, must not make us keep an object, or the large slab that
   * it came in, for each.
   */
  #collect(data: Uint8Array, end: number): void {
    if (!this.#isCollectedOurs || end > this.#collected.length) {
      const grown = Buffer.allocUnsafe(Math.min(Math.max(end * 2, LEAST_COLLECTED_BYTES), INLINE_BODY_BYTES))
      grown.set(this.#collected.subarray(0, this.#size))
      this.#collected = grown
      this.#isCollectedOurs = true
    }
    this.#collected.set(data, this.#size)
  }

  #write(data: Uint8Array, isLent: boolean): void {
    const file = (this.#file ??= this.#openFile())
    const isTaken = this.#moveToFile(file) && (isLent ? appendCopy(file, data) : file.append(data))
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
    if (this.#memory === undefined && this.#collected.length === 0) return true
    const kept = this.#first(this.#size)
    this.#memory = undefined
    this.#collected = EMPTY
    return file.append(kept)
  }

  #written(file: SpoolFile): void {
    // What was in memory is there until it is written.
    if (file.isWritten) this.#leaveBudget()
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
    this.#leaveBudget()
    this.onError?.(error)
    this.#resolve(undefined)
  }

  #resolve(body: SpooledBody | undefined): void {
    const finished = this.#finished
    this.#finished = undefined
    finished?.(body)
  }
}

function appendCopy(file: SpoolFile, data: Uint8Array): boolean {
  for (let start = 0; start < data.length; start += PIECE_BYTES) {
    if (!file.append(copyOfBody(data.subarray(start, start + PIECE_BYTES)))) return false
  }
  return true
}
