// What answers need of memory on their way out over one socket: blocks serve again as soon as the system has taken them, and what a client
// leaves waiting beyond its own share counts against the memory that all have together.

import { giveBack } from '../io/body-blocks.ts'
import type { ConnectionSocket } from '../io/connection-socket.ts'
import { LARGEST_IN_MEMORY_BYTES } from '../io/body-memory.ts'
import type { MemoryBudget } from '../spool/memory-budget.ts'

export class AnswerOutput {
  readonly #socket: ConnectionSocket
  readonly #memory: MemoryBudget
  readonly #ownBytes: number
  /** Of the memory of all, for what is about to be written. */
  #takenBytes = 0

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

  /** `block` was written: it is given back when the system has it. */
  lend(block: Uint8Array): void {
    this.#whenSent(() => giveBack(block))
  }

  /** All that was written is sent, or lost with the socket. */
  #whenSent(act: () => void): void {
    if (this.#socket.unsentBytes === 0) act()
    else this.#socket.whenSent(act)
  }
}
