// One file of the spool: written from its start to its end, and read anywhere in what is written. Its descriptor is closed, and the
// file gone, when it was discarded and no system call uses it any more.

import { writev } from 'node:fs'
import { giveBack } from '../io/body-blocks.ts'
import { readBlock } from './file-block.ts'
import type { SpoolQuota, SpoolUse } from './spool-quota.ts'
import type { OpenFile, SpoolStorage } from './spool-storage.ts'

const MAX_UNWRITTEN_BYTES = 262_144
// What is usually appended at a time, and so must still fit.
const USUAL_BYTES = 65_536
// A piece of one byte costs memory as well. No more than this go into one system call.
const MAX_PIECES = 1024

export class SpoolFile {
  /** Called when some of what was appended is on disk. */
  onWritten: (() => void) | undefined
  /** Called when some could not be written: it is kept, and tried again with the next `append`. */
  onError: ((error: Error) => void) | undefined
  readonly #storage: SpoolStorage
  readonly #quota: SpoolQuota
  readonly #use: SpoolUse
  #file: OpenFile | undefined
  #unwritten: Uint8Array[] = []
  #unwrittenBytes = 0
  #writtenBytes = 0
  #isWriting = false
  #otherCalls = 0
  #isDiscarded = false

  constructor(storage: SpoolStorage, quota: SpoolQuota, use: SpoolUse) {
    this.#storage = storage
    this.#quota = quota
    this.#use = use
  }

  get size(): number {
    return this.#writtenBytes + this.#unwrittenBytes
  }

  get writtenBytes(): number {
    return this.#writtenBytes
  }

  get isWriting(): boolean {
    return this.#isWriting
  }

  get isWritten(): boolean {
    return this.#unwrittenBytes === 0
  }

  /** The disk is slower than whoever appends: better wait for `onWritten`. */
  get isBehind(): boolean {
    return this.#unwrittenBytes > MAX_UNWRITTEN_BYTES - USUAL_BYTES || this.#unwritten.length > MAX_PIECES
  }

  /** Takes data, which is the file's from now on. False, and nothing is taken, if the quota has no room for it. */
  append(data: Uint8Array): boolean {
    if (!this.#quota.take(this.#use, data.length)) return false
    if (data.length > 0) this.#unwritten.push(data)
    this.#unwrittenBytes += data.length
    this.#writeOn()
    return true
  }

  /** Takes back what is not on disk. Not while `isWriting`. */
  takeUnwritten(): Uint8Array[] {
    const unwritten = this.#unwritten
    this.#quota.free(this.#use, this.#unwrittenBytes)
    this.#unwritten = []
    this.#unwrittenBytes = 0
    return unwritten
  }

  /** Reads a block of what is written, from `position`. The answer never comes after `discard`. */
  read(position: number, then: (error: Error | null, block: Buffer) => void): void {
    this.#call((file, done) => {
      readBlock(file.descriptor, position, this.#writtenBytes - position, (error, block) => {
        if (done()) then(error, block)
      })
    })
  }

  /** Says what a worker is told to open the file. Only when all is written. The answer never comes after `discard`. */
  publish(then: (error: Error | null, place: string) => void): void {
    this.#call((file, done) => {
      this.#storage.publish(file, (error, place) => {
        if (done()) then(error, place)
      })
    })
  }

  /** Gives the file up, as soon as nothing uses it. May be called again. */
  discard(): void {
    if (this.#isDiscarded) return
    this.#isDiscarded = true
    this.#removeIfUnused()
  }

  /** Runs a system call on the open file. `done` says whether anybody still wants to know what came of it. */
  #call(start: (file: OpenFile, done: () => boolean) => void): void {
    const file = this.#file
    if (file === undefined || this.#isDiscarded) return
    this.#otherCalls++
    start(file, () => {
      this.#otherCalls--
      this.#removeIfUnused()
      return !this.#isDiscarded
    })
  }

  #writeOn(): void {
    if (this.#isWriting || this.#isDiscarded || this.#unwritten.length === 0) return
    this.#isWriting = true
    const file = this.#file
    if (file === undefined) {
      this.#storage.open((error, opened) => this.#opened(error, opened))
      return
    }
    const pieces = this.#unwritten.slice(0, MAX_PIECES)
    writev(file.descriptor, pieces, this.#writtenBytes, (error, bytes) => this.#wrote(error, bytes))
  }

  #opened(error: Error | null, file: OpenFile | undefined): void {
    this.#isWriting = false
    this.#file = file
    if (this.#isDiscarded) this.#removeIfUnused()
    else if (error === null) this.#writeOn()
    else this.onError?.(error)
  }

  #wrote(error: Error | null, bytes: number): void {
    this.#isWriting = false
    if (this.#isDiscarded) {
      this.#removeIfUnused()
      return
    }
    if (error !== null) {
      this.onError?.(error)
      return
    }
    this.#forget(bytes)
    this.#writeOn()
    this.onWritten?.()
  }

  /** `bytes` more are on disk. A disk that fills up takes part of a piece. */
  #forget(bytes: number): void {
    this.#writtenBytes += bytes
    this.#unwrittenBytes -= bytes
    let whole = 0
    let left = bytes
    while (whole < this.#unwritten.length && left >= this.#unwritten[whole]!.length) {
      left -= this.#unwritten[whole]!.length
      whole++
    }
    for (const piece of this.#unwritten.splice(0, whole)) giveBack(piece)
    if (left > 0) this.#unwritten[0] = this.#unwritten[0]!.subarray(left)
  }

  #removeIfUnused(): void {
    if (!this.#isDiscarded || this.#isWriting || this.#otherCalls > 0) return
    const file = this.#file
    const bytes = this.size
    this.#file = undefined
    this.#unwritten = []
    this.#writtenBytes = this.#unwrittenBytes = 0
    const free = (): void => this.#quota.free(this.#use, bytes)
    // The room is another's only when it is really free.
    if (file === undefined) free()
    else this.#storage.remove(file, free)
  }
}
