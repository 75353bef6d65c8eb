// Gathers lines and writes them in their order, a few large pieces instead of many small ones. What the target does not take
// in time is dropped and counted: a full disk may cost lines of a log, never memory or an answer.

import type { Clock, Timer } from './clock.ts'
import type { LineTarget } from './line-target.ts'

const GATHER_MS = 100
const GATHER_BYTES = 65_536
/** A UTF-16 code unit takes no more in UTF-8. */
const MOST_BYTES_OF_A_UNIT = 3
const MOST_WAITING_BYTES = 4_194_304
const RETRY_MS = 1000
const CLOSE_MS = 2000

export interface LineWriterReports {
  /** One line was dropped, as too many wait. */
  dropped(): void
  /** Tried again before long. */
  writeFailed(error: Error): void
  /** The writer goes on in what was open before. */
  reopenFailed(error: Error): void
  /** The target did not take these in the time that `close` gives it. */
  lostAtClose(lineCount: number): void
}

export class LineWriter {
  readonly #target: LineTarget
  readonly #reports: LineWriterReports
  readonly #clock: Clock
  /** How long a line may wait for others; 0: it is written at once. */
  readonly #gatherMs: number
  /** What is gathered are bytes: texts that live on until they are written would be moved again and again by the garbage collector. */
  #block: Buffer | undefined
  #blockBytes = 0
  readonly #pieces: Buffer[] = []
  /** Bytes of `#pieces`, of which the first may be under way. */
  #piecesBytes = 0
  #isWriting = false
  #mustReopen = false
  #gatherTimer: Timer | undefined
  #retryTimer: Timer | undefined
  #closed: Promise<void> | undefined
  #hasEnded = false
  #whenEmpty: (() => void) | undefined

  constructor(target: LineTarget, reports: LineWriterReports, clock: Clock, gatherMs = GATHER_MS) {
    this.#gatherMs = gatherMs
    this.#target = target
    this.#reports = reports
    this.#clock = clock
  }

  /** Much more may be added before anything is dropped. */
  get hasRoom(): boolean {
    return this.#waitingBytes < MOST_WAITING_BYTES / 2
  }

  get #waitingBytes(): number {
    return this.#piecesBytes + this.#blockBytes
  }

  /** Takes text, or its bytes in UTF-8, that ends with LF. After `close` nothing is taken any more. */
  add(line: string | Uint8Array): void {
    if (this.#closed !== undefined) return
    if (this.#waitingBytes + line.length > MOST_WAITING_BYTES) {
      this.#reports.dropped()
      return
    }
    this.#gather(line)
    if (this.#gatherMs > 0 && this.#blockBytes < GATHER_BYTES) {
      this.#gatherTimer ??= this.#clock.startTimer(this.#gatherMs, () => this.#writeGathered())
      return
    }
    // What comes while a piece is under way goes into the next one as a whole.
    if (this.#gatherMs === 0 && this.#isBusy && this.#blockBytes < GATHER_BYTES) return
    this.#makePiece()
    this.#writeNext()
  }

  /** Goes on in the file that is now at the target's path. What is already under way still goes to the old one. */
  reopen(): void {
    this.#mustReopen = true
    if (this.#isWriting) return
    this.#reopenNow()
    // Whatever was wrong with the old file need not be wrong with this one.
    this.#stopRetry()
    this.#writeNext()
  }

  /** Writes what waits before it returns, as far as that is possible. For the very end of the process. */
  flushNow(): void {
    this.#makePiece()
    // The piece that is under way is in other hands already.
    const waiting = this.#pieces.splice(this.#isWriting ? 1 : 0)
    if (waiting.length === 0) return
    const bytes = Buffer.concat(waiting)
    this.#piecesBytes -= bytes.length
    try {
      this.#target.writeNow(bytes)
    } catch (error) {
      this.#reports.writeFailed(error as Error)
    }
  }

  /** Resolves when everything is written, or when the target has had two seconds for it. */
  close(): Promise<void> {
    this.#closed ??= this.#writeRest().then(() => this.#end())
    return this.#closed
  }

  #writeRest(): Promise<void> {
    return new Promise((resolve) => {
      const deadline = this.#clock.startTimer(CLOSE_MS, resolve, true)
      this.#whenEmpty = () => {
        deadline.stop()
        resolve()
      }
      this.#writeGathered()
    })
  }

  #end(): void {
    this.#hasEnded = true
    this.#stopRetry()
    const lostLines = this.#pieces.splice(0).reduce((count, piece) => count + countLines(piece), 0)
    if (lostLines > 0) this.#reports.lostAtClose(lostLines)
    if (!this.#isWriting) this.#target.close()
  }

  #writeGathered(): void {
    this.#stopGathering()
    this.#writeNext()
  }

  /** Nothing happens while a piece is under way, or waits to be tried again: it calls this when it is done. */
  #writeNext(): void {
    if (this.#isBusy) return
    const isOverdue = this.#gatherTimer === undefined
    if (this.#pieces.length === 0 && isOverdue) this.#makePiece()
    const piece = this.#pieces[0]
    if (piece === undefined) {
      this.#whenEmpty?.()
      return
    }
    this.#isWriting = true
    this.#target.write(piece, (error, writtenBytes) => this.#wrote(piece, error, writtenBytes))
  }

  #wrote(piece: Buffer, error: NodeJS.ErrnoException | null, writtenBytes: number): void {
    this.#isWriting = false
    if (this.#hasEnded) {
      this.#target.close()
      return
    }
    this.#piecesBytes -= writtenBytes
    if (writtenBytes === piece.length) this.#pieces.shift()
    else this.#pieces[0] = piece.subarray(writtenBytes)
    if (this.#mustReopen) this.#reopenNow()
    else if (error !== null) this.#retryLater(error)
    this.#writeNext()
  }

  /** A piece is under way, or waits to be tried again. */
  get #isBusy(): boolean {
    return this.#isWriting || this.#retryTimer !== undefined
  }

  #retryLater(error: NodeJS.ErrnoException): void {
    // A pipe that is full is no failure, only slow.
    const isFull = error.code === 'EAGAIN'
    if (!isFull) this.#reports.writeFailed(error)
    this.#retryTimer = this.#clock.startTimer(isFull ? GATHER_MS : RETRY_MS, () => {
      this.#retryTimer = undefined
      this.#writeNext()
    })
  }

  #makePiece(): void {
    this.#stopGathering()
    if (this.#block === undefined || this.#blockBytes === 0) return
    this.#addPiece(Buffer.from(this.#block.subarray(0, this.#blockBytes)))
    this.#blockBytes = 0
  }

  #addPiece(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#piecesBytes += piece.length
  }

  #gather(line: string | Uint8Array): void {
    const block = (this.#block ??= Buffer.allocUnsafeSlow(2 * GATHER_BYTES))
    const room = block.length - this.#blockBytes
    if (line.length * MOST_BYTES_OF_A_UNIT > room) {
      this.#makePiece()
      this.#addPiece(Buffer.from(line))
    } else if (typeof line === 'string') {
      this.#blockBytes += block.write(line, this.#blockBytes)
    } else {
      block.set(line, this.#blockBytes)
      this.#blockBytes += line.length
    }
  }

  #stopGathering(): void {
    this.#gatherTimer?.stop()
    this.#gatherTimer = undefined
  }

  #stopRetry(): void {
    this.#retryTimer?.stop()
    this.#retryTimer = undefined
  }

  #reopenNow(): void {
    this.#mustReopen = false
    try {
      this.#target.reopen()
    } catch (error) {
      this.#reports.reopenFailed(error as Error)
    }
  }
}

function countLines(bytes: Buffer): number {
  let count = 0
  for (const byte of bytes) if (byte === 0x0a) count++
  return count
}
