// What a slow client has not taken yet of an answer, on disk, first in first out. A full disk or quota loses nothing: what has no
// room there waits in memory, and whoever pushes is made to wait.

import type { GantryError } from '../errors.ts'
import type { SpoolDirectory } from '../spool/spool.ts'
import type { SpoolFile } from '../spool/spool-file.ts'

// A backlog goes through a few files, and gives each one's room back when it was read, though it may never be empty as a whole.
const FILES_OF_A_FULL_BACKLOG = 4
const LEAST_FILE_BYTES = 1_048_576

/** Where the answer goes on to. Called by `resume` and when the disk is done, never from within `push` or `stop`. */
export interface BacklogSink {
  /** False: wait for `resume`. */
  write(block: Uint8Array): boolean
  /** All that was pushed has been passed on. */
  emptied(): void
  /** Pushing may go on. */
  hasRoom(): void
  /** Data was lost, and the backlog is stopped: the answer must be cut. */
  failed(error: GantryError): void
}

/** The backlog of one exchange. A client has no room when one begins: nothing is passed on before `resume`, and after `emptied` again. */
export class AnswerBacklog {
  readonly #spool: SpoolDirectory
  readonly #maxBytes: number
  readonly #maxFileBytes: number
  readonly #sink: BacklogSink
  /** In the order of the answer. Only the last one is appended to, only it may hold what is not on disk yet. */
  readonly #files: SpoolFile[] = []
  /** How much of the first file was passed on. */
  #passedBytes = 0
  /** What follows after the files and has no room on disk. */
  #refused: Uint8Array[] = []
  #sinkHasRoom = false
  #isReading = false
  #isStopped = false
  #owesRoom = false

  /** `maxBytes` may lie on disk. With 0 the disk is never touched. */
  constructor(spool: SpoolDirectory, maxBytes: number, sink: BacklogSink) {
    this.#spool = spool
    this.#maxBytes = maxBytes
    this.#maxFileBytes = Math.max(maxBytes / FILES_OF_A_FULL_BACKLOG, LEAST_FILE_BYTES)
    this.#sink = sink
  }

  get isEmpty(): boolean {
    return this.#files.length === 0 && this.#refused.length === 0
  }

  /** Takes data, which may not change from now on, whatever it returns. False: wait for the sink's `hasRoom` before pushing more. */
  push(data: Uint8Array): boolean {
    if (this.#isStopped || data.length === 0) return true
    if (this.#refused.length > 0 || !this.#store(data)) this.#refused.push(data)
    this.#owesRoom = this.#isFull
    return !this.#owesRoom
  }

  /** The client can take more. */
  resume(): void {
    if (this.isEmpty) return
    this.#sinkHasRoom = true
    this.#passOn()
    // Something was taken, so there may be room again; tried no more often than that.
    this.#storeRefused()
  }

  /** The client is gone, or the answer cut: everything is freed. */
  stop(): void {
    this.#isStopped = true
    for (const file of this.#files.splice(0)) file.discard()
    this.#refused = []
  }

  get #isFull(): boolean {
    const last = this.#files.at(-1)
    return this.#refused.length > 0 || (last !== undefined && (last.isBehind || this.#mustEnd(last)))
  }

  /** A file that is long enough takes no more, but the next one cannot be begun before this one is all on disk. */
  #mustEnd(file: SpoolFile): boolean {
    return file.size >= this.#maxFileBytes && !file.isWritten
  }

  /** False if there is no room on disk. */
  #store(data: Uint8Array): boolean {
    let storedBytes = data.length
    for (const file of this.#files) storedBytes += file.size
    return storedBytes <= this.#maxBytes && this.#fileToAppendTo().append(data)
  }

  #storeRefused(): void {
    while (this.#refused.length > 0 && this.#store(this.#refused[0]!)) this.#refused.shift()
    this.#tellOfRoom()
  }

  #fileToAppendTo(): SpoolFile {
    const last = this.#files.at(-1)
    if (last !== undefined && (last.size < this.#maxFileBytes || !last.isWritten)) return last
    const file = this.#spool.createFile('answer')
    file.onWritten = () => this.#passOn()
    file.onError = () => {
      this.#refused.unshift(...file.takeUnwritten())
      this.#passOn()
    }
    this.#files.push(file)
    return file
  }

  /** Passes on what the sink has room for, as far as it need not be read first. */
  #passOn(): void {
    this.#dropPassedFiles()
    while (this.#sinkHasRoom && this.#files.length === 0 && this.#refused.length > 0) {
      this.#write(this.#refused.shift()!)
    }
    this.#readOn()
    this.#tellOfRoom()
  }

  #dropPassedFiles(): void {
    for (let file = this.#files[0]; file !== undefined; file = this.#files[0]) {
      if (this.#passedBytes < file.writtenBytes || file.isWriting) return
      file.discard()
      this.#files.shift()
      this.#passedBytes = 0
    }
  }

  #readOn(): void {
    const file = this.#files[0]
    if (file === undefined || this.#isReading || !this.#sinkHasRoom) return
    if (this.#passedBytes === file.writtenBytes) return
    this.#isReading = true
    file.read(this.#passedBytes, (error, block) => {
      this.#isReading = false
      if (error === null && block.length > 0) this.#pass(block)
      else this.#fail(error ?? new Error('a file ended early'))
    })
  }

  #pass(block: Buffer): void {
    this.#passedBytes += block.length
    this.#dropPassedFiles()
    this.#write(block)
    this.#passOn()
    this.#storeRefused()
  }

  #write(block: Uint8Array): void {
    this.#sinkHasRoom = this.#sink.write(block)
    if (!this.isEmpty || this.#isStopped) return
    this.#sinkHasRoom = false
    this.#sink.emptied()
  }

  #tellOfRoom(): void {
    if (!this.#owesRoom || this.#isStopped || this.#isFull) return
    this.#owesRoom = false
    this.#sink.hasRoom()
  }

  #fail(error: Error): void {
    this.stop()
    this.#sink.failed(this.#spool.errorFrom(error))
  }
}
