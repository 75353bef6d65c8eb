// What an application returns, under watch: the same blocks, one by one as they are asked for.

import type { ApplicationResult, Blocks } from '../wsgi/application.ts'
import { FileWrapper } from '../wsgi/file-wrapper.ts'
import { freeResult, stepperOf } from '../wsgi/result-steps.ts'
import type { RequestWatch } from './request-watch.ts'
import { shown } from './shown-value.ts'

/** Looks at a result. Returns it, or what gives the same blocks; what servers treat in a way of its own stays what it is. */
export function watchedResult(result: ApplicationResult | undefined, watch: RequestWatch): ApplicationResult {
  watch.returned()
  if (result === null || result === undefined) {
    watch.found('LINT_RESULT_NONE', shown(result))
    watch.ended()
  } else if (Array.isArray(result)) {
    // Without startResponse there is no first block that it could have come before.
    if (watch.isStartCalled) for (const block of result) watch.block(block)
    watch.ended()
  } else if (!isIterable(result)) {
    watch.found('LINT_RESULT_TYPE', shown(result))
  } else if (!(result instanceof FileWrapper)) {
    return watchedBlocks(result, watch)
  }
  return result as ApplicationResult
}

function isIterable(result: unknown): result is Blocks {
  if (typeof result !== 'object' || result === null || result instanceof Uint8Array) return false
  return Symbol.iterator in result || Symbol.asyncIterator in result
}

function watchedBlocks(blocks: Blocks, watch: RequestWatch): Blocks {
  const passage = new Passage(watch, 'length' in blocks ? blocks.length : undefined)
  const watched = Object.assign(
    iterable(blocks, passage),
    'length' in blocks ? { length: blocks.length } : {},
  )
  if (!('close' in blocks)) return Object.assign(watched, { close: () => freeResult(blocks) })
  unclosed.register(watched, passage)
  const close = (): unknown => {
    passage.isClosed = true
    return blocks.close?.()
  }
  return Object.assign(watched, { close })
}

function iterable(blocks: Blocks, passage: Passage): Blocks {
  return Symbol.asyncIterator in blocks
    ? {
        [Symbol.asyncIterator]: () => asyncIteration(stepperOf(blocks) as AsyncIterator<Uint8Array>, passage),
      }
    : { [Symbol.iterator]: () => syncIteration(blocks[Symbol.iterator](), passage) }
}

/** What becomes of the blocks of one answer. It does not lead to them, as it outlives them. */
class Passage {
  isClosed = false
  isOver = false
  readonly watch: RequestWatch
  readonly #length: unknown
  #count = 0

  constructor(watch: RequestWatch, length: unknown) {
    this.watch = watch
    this.#length = length
  }

  asked(): void {
    if (this.isClosed) this.watch.found('LINT_RESULT_CLOSED', 'a block was asked for after close()')
  }

  gave(step: IteratorResult<unknown>): void {
    if (step.done !== true) {
      this.#count++
      this.watch.block(step.value)
      return
    }
    this.isOver = true
    if (typeof this.#length === 'number' && this.#length !== this.#count)
      this.watch.found('LINT_RESULT_LENGTH', `${this.#count} blocks, and a length of ${this.#length}`)
    this.watch.ended()
  }
}

// Whoever forgets to end an answer lets go of it: that is all that can be seen of it.
const unclosed = new FinalizationRegistry<Passage>(({ isClosed, watch }) => {
  if (!isClosed) watch.found('LINT_RESULT_OPEN', 'nobody called close()')
})
const unreturned = new FinalizationRegistry<Passage>(({ isClosed, isOver, watch }) => {
  if (!isClosed && !isOver) watch.found('LINT_RESULT_OPEN', 'nobody took all of it, or called return()')
})

function syncIteration(inner: Iterator<Uint8Array>, passage: Passage): Iterator<Uint8Array> {
  const next = (): IteratorResult<Uint8Array> => {
    passage.asked()
    const step = endingWhenThrown(() => inner.next(), passage)
    passage.gave(step)
    return step
  }
  if (inner.return === undefined) return { next }
  const iteration = { next, return: () => returned(() => inner.return!(), passage) }
  unreturned.register(iteration, passage)
  return iteration
}

function asyncIteration(inner: AsyncIterator<Uint8Array>, passage: Passage): AsyncIterator<Uint8Array> {
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    passage.asked()
    try {
      const step = await inner.next()
      passage.gave(step)
      return step
    } catch (error) {
      passage.isOver = true
      throw error
    }
  }
  if (inner.return === undefined) return { next }
  const iteration = { next, return: () => returned(() => inner.return!(), passage) }
  unreturned.register(iteration, passage)
  return iteration
}

function endingWhenThrown<Step>(step: () => Step, passage: Passage): Step {
  try {
    return step()
  } catch (error) {
    passage.isOver = true
    throw error
  }
}

function returned<Step>(step: () => Step, passage: Passage): Step {
  passage.isOver = true
  return step()
}
