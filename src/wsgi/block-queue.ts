// From pushing to pulling: blocks that one side sends when it has them, and another takes when it has room.

import type { FileBody } from './exchange.ts'

// As much as one read of a socket brings: then whoever pushes is asked to wait.
const ENOUGH_BYTES = 65_536

type Waiting = { readonly resolve: (step: Step) => void; readonly reject: (error: unknown) => void }
type Step = IteratorResult<Uint8Array, undefined>
type Ending = { readonly type: 'ended' } | { readonly type: 'failed'; readonly error: unknown }
const ENDED: Ending = Object.freeze({ type: 'ended' })
const DONE: Step = Object.freeze({ done: true, value: undefined })

/** The blocks in the order pushed, for one consumer. */
export class BlockQueue implements AsyncIterableIterator<Uint8Array, undefined> {
  /** Called when pushing may go on after `push` returned false; what is pushed once the queue is over goes nowhere. */
  onRoom: (() => void) | undefined
  /** Called when the consumer asks for a block and none is there. */
  onAsked: (() => void) | undefined
  /** Set by a consumer that takes a file in place of blocks. False: not this one, or not any more. */
  onFile: ((file: FileBody) => boolean) | undefined
  /** Called once, when the consumer takes no more before the end. */
  onReturn: (() => void) | undefined
  readonly #blocks: Uint8Array[] = []
  #bytes = 0
  /** Who asked before there was a block, in their order. */
  readonly #waiting: Waiting[] = []
  #end: Ending | undefined

  /** It has ended or failed, or its consumer takes no more. */
  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** The consumer waits for a block. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0
  }

  /** Takes a block, which is handed out as it is. False: enough waits, go on after `onRoom`. */
  push(block: Uint8Array): boolean {
    if (this.#end !== undefined) return true
    const waiting = this.#waiting.shift()
    if (waiting !== undefined) {
      waiting.resolve({ done: false, value: block })
      return true
    }
    this.#blocks.push(block)
    this.#bytes += block.length
    return this.#bytes < ENOUGH_BYTES
  }

  /** Offers a file in place of all blocks. False: they are to be pushed. Whoever takes it closes it. */
  offerFile(file: FileBody): boolean {
    return this.#end === undefined && this.onFile?.(file) === true
  }

  /** There are no more blocks. */
  end(): void {
    this.#end ??= ENDED
    this.#settleWaiting(this.#end)
  }

  /** The blocks that are still due will not come: the consumer is thrown `error` in their place. */
  fail(error: unknown): void {
    this.#end ??= { type: 'failed', error }
    this.#settleWaiting(this.#end)
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
    return new Promise((resolve, reject) => {
      const waiting = { resolve, reject }
      if (this.#end === undefined) {
        this.#waiting.push(waiting)
        this.onAsked?.()
      } else {
        settle(waiting, this.#end)
      }
    })
  }

  return(): Promise<Step> {
    const isEarly = this.#end === undefined || this.#blocks.length > 0
    this.#blocks.length = 0
    this.#end = ENDED
    this.#settleWaiting(ENDED)
    const { onReturn } = this
    this.onReturn = undefined
    if (isEarly) onReturn?.()
    this.onRoom?.()
    return Promise.resolve(DONE)
  }

  /** What PEP 3333 has whoever does not iterate call, as middleware that answers something else. */
  close(): Promise<Step> {
    return this.return()
  }

  #settleWaiting(end: Ending): void {
    for (const waiting of this.#waiting.splice(0)) settle(waiting, end)
  }

  #taken(bytes: number): void {
    const wasFull = this.#bytes >= ENOUGH_BYTES
    this.#bytes -= bytes
    if (wasFull && this.#bytes < ENOUGH_BYTES) this.onRoom?.()
  }
}

function settle({ resolve, reject }: Waiting, end: Ending): void {
  if (end.type === 'failed') reject(end.error)
  else resolve(DONE)
}
