// What answers need of memory on their way out over one socket: blocks serve again as soon as the system has taken them, and what a client
// leaves waiting beyond its own share counts against the memory that all have together.

import { BLOCK_BYTES, LARGE_BLOCK_BYTES, giveBack, isLargeBlock, takeBlock } from '../io/body-blocks.ts'
import type { ConnectionSocket } from '../io/connection-socket.ts'
import { LARGEST_IN_MEMORY_BYTES } from '../io/body-memory.ts'
import type { MemoryBudget } from '../spool/memory-budget.ts'

/** Who needs a block for longer leaves large ones to others. */
const QUICK_MS = 50

export class AnswerOutput {
  readonly #socket: ConnectionSocket
  readonly #memory: MemoryBudget
  readonly #ownBytes: number
  /** Of the memory of all, for what is about to be written. */
  #takenBytes = 0
  /** The last block was soon sent. */
  #isQuick = true

  /** `ownBytes` may wait in any case. */
  constructor(socket: ConnectionSocket, memory: MemoryBudget, ownBytes: number) {
    this.#socket = socket
    this.#memory = memory
    this.#ownBytes = ownBytes
  }

  /** Whether more may be written within the socket's own share. */
  get hasRoom(): boolean {
    return this.#socket.unsentBytes < this.#ownBytes
  }

  /** Whether `bytes` may be written, which is to follow, be it within the memory of all: they are counted there then until they are sent. */
  hasRoomFor(bytes: number): boolean {
    if (this.hasRoom) return true
    const isFull = this.#socket.unsentBytes > LARGEST_IN_MEMORY_BYTES
    if (isFull || !this.#memory.take(bytes)) return false
    this.#takenBytes += bytes
    return true
  }

  /** Something was written. */
  wrote(): void {
    const bytes = this.#takenBytes
    if (bytes === 0) return
    this.#takenBytes = 0
    this.#whenSent(() => this.#memory.free(bytes))
  }

  /** A block for some of the `bytes` that are to be written next. A large one counts in the memory of all until it is given back. */
  takeBlock(bytes: number): Buffer {
    const isLarge = bytes > BLOCK_BYTES && this.#isQuick && this.#memory.take(LARGE_BLOCK_BYTES)
    return takeBlock(isLarge ? LARGE_BLOCK_BYTES : BLOCK_BYTES)
  }

  /** `block` was written, or is not needed: it is given back when the system has all that was written. */
  lend(block: Uint8Array): void {
    if (this.#socket.unsentBytes === 0) {
      this.#isQuick = true
      this.#giveBack(block)
      return
    }
    const lentMs = performance.now()
    this.#socket.whenSent(() => {
      this.#isQuick = performance.now() - lentMs < QUICK_MS
      this.#giveBack(block)
    })
  }

  #giveBack(block: Uint8Array): void {
    if (isLargeBlock(block)) this.#memory.free(LARGE_BLOCK_BYTES)
    giveBack(block)
  }

  /** All that was written is sent, or lost with the socket. */
  #whenSent(act: () => void): void {
    if (this.#socket.unsentBytes === 0) act()
    else this.#socket.whenSent(act)
  }
}
