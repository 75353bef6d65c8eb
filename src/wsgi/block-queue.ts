// From pushing to pulling: blocks that one side sends when it has them, and another takes when it has room.

// As much as one read of a socket brings: then whoever pushes is asked to wait.
const ENOUGH_BYTES = 65_536

type Waiting = { readonly resolve: (step: Step) => void; readonly reject: (error: Error) => void }
type Step = IteratorResult<Uint8Array, undefined>

/** The blocks in the order pushed, for one consumer. */
export class BlockQueue implements AsyncIterableIterator<Uint8Array, undefined> {
  /** Called when pushing may go on after `push` returned false; what is pushed once the queue is over goes nowhere. */
  onRoom: (() => void) | undefined
  /** Called once, when the consumer takes no more before the end. */
  onReturn: (() => void) | undefined
  readonly #blocks: Uint8Array[] = []
  #bytes = 0
  #waiting: Waiting | undefined
  #end: { readonly error?: Error } | undefined

  /** It has ended or failed, or its consumer takes no more. */
  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Takes a block, which is handed out as it is. False: enough waits, go on after `onRoom`. */
  push(block: Uint8Array): boolean {
    if (this.#end !== undefined) return true
    if (this.#waiting !== undefined) {
      this.#settle({ done: false, value: block })
      return true
    }
    this.#blocks.push(block)
    this.#bytes += block.length
    return this.#bytes < ENOUGH_BYTES
  }

  /** There are no more blocks. */
  end(): void {
    this.#end ??= {}
    this.#settle({ done: true, value: undefined })
  }

  /** The blocks that are still due will not come: the consumer is thrown `error` in their place. */
  fail(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    this.#end ??= { error }
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.reject(error)
    this.onRoom?.()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Step> {
    const block = this.#blocks.shift()
    if (block !== undefined) {
      this.#taken(block.length)
      return Promise.resolve({ done: false, value: block })
    }
    if (this.#end === undefined)
      return new Promise((resolve, reject) => (this.#waiting = { resolve, reject }))
    if (this.#end.error !== undefined) return Promise.reject(this.#end.error)
    return Promise.resolve({ done: true, value: undefined })
  }

  return(): Promise<Step> {
    const isEarly = this.#end === undefined || this.#blocks.length > 0
    this.#end = {}
    this.#blocks.length = 0
    this.#settle({ done: true, value: undefined })
    const { onReturn } = this
    this.onReturn = undefined
    if (isEarly) onReturn?.()
    this.onRoom?.()
    return Promise.resolve({ done: true, value: undefined })
  }

  #taken(bytes: number): void {
    const wasFull = this.#bytes >= ENOUGH_BYTES
    this.#bytes -= bytes
    if (wasFull && this.#bytes < ENOUGH_BYTES) this.onRoom?.()
  }

  #settle(step: Step): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve(step)
  }
}
