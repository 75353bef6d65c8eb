// What an application has returned, block by block, and what it holds until it is freed.

import type { Blocks } from './application.ts'
import { AssertionError } from './assertion-error.ts'
import { nameOfType } from './checked-head.ts'
import { ignoreErrors } from './stream-errors.ts'

export type Step = Promise<IteratorResult<unknown>> | IteratorResult<unknown>

/** An iterator of either kind. */
export interface Stepper {
  next(): Step
  return?(): unknown
}

/** A `ReadableStream` of the web's, as far as it is needed here. */
interface WebStream {
  readonly locked: boolean
  cancel(): Promise<void>
  getReader(): { read(): Promise<IteratorResult<unknown>>; cancel(): Promise<void> }
}

/** @throws AssertionError for anything but an iterable */
export function stepperOf(result: unknown): Stepper {
  if (typeof result === 'string') throw new AssertionError('applications must write bytes, not string')
  if (result instanceof Uint8Array)
    throw new AssertionError(
      `applications must return an iterable of bytes, not ${nameOfType(result)}: return [body], not body`,
    )
  if (typeof result === 'object' && result !== null) {
    if (isWebStream(result)) return stepsOf(result)
    if (Symbol.asyncIterator in result)
      return (result as AsyncIterable<unknown>)[Symbol.asyncIterator]() as Stepper
    if (Symbol.iterator in result) return (result as Iterable<unknown>)[Symbol.iterator]() as Stepper
  }
  const hint = typeof result === 'function' ? ': is it a factory, or middleware, that was not called?' : ''
  throw new AssertionError(`applications must return an iterable of bytes, not ${nameOfType(result)}${hint}`)
}

/**
 * Calls `close` of a result, or frees a stream that has none: the iterator of either kind of stream would wait for the next block before
 * it ends, and that may never come. Returns a promise where it takes time.
 */
export function freeResult(result: Blocks): unknown {
  // What was returned may be anything.
  if (typeof result !== 'object') return undefined
  ignoreErrors(result)
  if (result.close !== undefined) return result.close()
  if (isDestroyable(result)) result.destroy()
  return isWebStream(result) && !result.locked ? result.cancel() : undefined
}

function stepsOf(stream: WebStream): Stepper {
  const reader = stream.getReader()
  return { next: () => reader.read(), return: () => reader.cancel() }
}

function isDestroyable(result: object): result is { destroy(): unknown } {
  return 'destroy' in result && typeof result.destroy === 'function'
}

function isWebStream(result: object): result is WebStream {
  return 'getReader' in result && typeof result.getReader === 'function' && 'cancel' in result
}
