// The blocks of an answer as they are, seen by somebody on their way: nothing is copied, kept back or asked for sooner.

import type { Blocks } from './application.ts'
import { freeResult, stepperOf } from './result-steps.ts'

/** Who sees them. */
export interface BlockWatcher {
  /** A block, or what was given in the place of one. */
  block(block: unknown): void
  /** There are no more, or nobody wants more. */
  ended(): void
  /** The application threw `error` in the place of a block. */
  failed(error: unknown): void
}

/** Blocks to be sent in the place of `result`; undefined where it is none that can be iterated. */
export function watchedBlocks(result: unknown, watcher: BlockWatcher): Blocks | undefined {
  if (!isBlocks(result)) return undefined
  const watched: Record<string | symbol, unknown> = isAsync(result)
    ? { [Symbol.asyncIterator]: () => watchedLater(stepperOf(result) as AsyncIterator<Uint8Array>, watcher) }
    : { [Symbol.iterator]: () => watchedAtOnce(result[Symbol.iterator](), watcher) }
  // What a server asks of a result besides: whether it has only one block, and what frees it.
  if ('length' in result) watched['length'] = result.length
  watched['close'] = () => freeResult(result)
  return watched as unknown as Blocks
}

type Step = IteratorResult<Uint8Array, unknown>
type AsyncBlocks = AsyncIterable<Uint8Array> & Pick<Blocks, 'close'>
type SyncBlocks = Iterable<Uint8Array> & Pick<Blocks, 'close'>

const OVER: Step = Object.freeze({ done: true, value: undefined })

function watchedAtOnce(blocks: Iterator<Uint8Array>, watcher: BlockWatcher): Iterator<Uint8Array> {
  return {
    next() {
      try {
        return seen(blocks.next(), watcher)
      } catch (error) {
        watcher.failed(error)
        throw error
      }
    },
    return() {
      watcher.ended()
      return blocks.return?.() ?? OVER
    },
  }
}

function watchedLater(blocks: AsyncIterator<Uint8Array>, watcher: BlockWatcher): AsyncIterator<Uint8Array> {
  return {
    async next() {
      try {
        return seen(await blocks.next(), watcher)
      } catch (error) {
        watcher.failed(error)
        throw error
      }
    },
    async return() {
      watcher.ended()
      return (await blocks.return?.()) ?? OVER
    },
  }
}

function seen(step: Step, watcher: BlockWatcher): Step {
  if (step.done === true) watcher.ended()
  else watcher.block(step.value)
  return step
}

function isBlocks(result: unknown): result is AsyncBlocks | SyncBlocks {
  if (typeof result !== 'object' || result === null || result instanceof Uint8Array) return false
  return Symbol.asyncIterator in result || Symbol.iterator in result
}

const isAsync = (blocks: AsyncBlocks | SyncBlocks): blocks is AsyncBlocks => Symbol.asyncIterator in blocks
