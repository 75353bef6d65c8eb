// An application's answer as a value: what middleware that changes bodies, adapters and tests need.

import type { Application } from './application.ts'
import type { Header } from './header.ts'
import { ApplicationRun, type AnswerSink, type RunOwner } from './application-run.ts'
import { BlockQueue } from './block-queue.ts'
import type { CheckedHead } from './checked-head.ts'
import type { Environ } from './environ.ts'

/** An answer whose head is complete and whose body comes as it is asked for. */
export interface ApplicationAnswer {
  readonly status: number
  readonly reason: string
  /** Checked; a list of one's own. */
  readonly headers: Header[]
  /** What the application has declared, or what follows from a body that came whole; -1 where nobody knows. */
  readonly contentLength: number
  /**
   * The blocks, each as soon as the application gives it. An array where the whole body came as one block. Whoever does not take all of
   * them ends the iteration (`return`, or `break` in a loop), so that the application's own `close` is called.
   */
  readonly body: readonly Uint8Array[] | AsyncIterableIterator<Uint8Array, undefined>
}

/**
 * Calls `application` by the rules of PEP 3333 and resolves when its headers are final: with its first data, or its end.
 *
 * Rejects with what the application throws before that, unchanged; what it throws later, or a body shorter than its Content-Length, the
 * body throws. Where the request is cancelled before the answer is complete, both throw the reason. A body that HEAD, 204 and 304 do
 * not have is left out.
 */
export function answerOf(application: Application, environ: Environ): Promise<ApplicationAnswer> {
  return new Promise((resolve, reject) => {
    const sink = new AnswerValue(environ, resolve, reject)
    if (sink.isCancelled) return
    new ApplicationRun(sink, sink, environ.REQUEST_METHOD === 'HEAD').start(application, environ)
  })
}

class AnswerValue implements AnswerSink, RunOwner {
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined
  readonly isInMemory = true
  isCancelled = false
  readonly #environ: Environ
  readonly #resolve: (answer: ApplicationAnswer) => void
  readonly #reject: (error: unknown) => void
  #blocks: BlockQueue | undefined
  #forgetCancel: (() => void) | undefined

  constructor(
    environ: Environ,
    resolve: (answer: ApplicationAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    this.#environ = environ
    this.#resolve = resolve
    this.#reject = reject
    this.#forgetCancel = environ['gantry.request']?.onCancel((reason) => this.#cancel(reason))
  }

  answer(head: CheckedHead, bytes: Uint8Array, start: number, end: number): void {
    this.#settle(head, end - start, [bytes.subarray(start, end)])
  }

  begin(head: CheckedHead): void {
    const blocks = new BlockQueue()
    blocks.onReturn = () => this.onGone?.()
    blocks.onAsked = () => this.onDrain?.()
    this.#blocks = blocks
    this.#settle(head, head.contentLength, blocks)
  }

  write(data: Uint8Array): boolean {
    const blocks = this.#blocks!
    blocks.push(data)
    // W44: the application is not asked for its next block before somebody asks for it here.
    return blocks.isAwaited
  }

  end(): void {
    this.#blocks!.end()
  }

  abort(): void {
    // `failedLate` has told the consumer why.
  }

  failed(error: unknown): void {
    this.#reject(error)
  }

  failedLate(error: unknown): void {
    this.#blocks!.fail(error)
  }

  warned(_level: 'warning' | 'error', text: string): void {
    this.#environ['wsgi.errors'].write(`${text}\n`)
  }

  over(): void {
    this.#forgetCancel?.()
    this.#forgetCancel = undefined
  }

  /** Whoever waits for the answer, or for the next block, waits no longer. */
  #cancel(reason: Error): void {
    this.isCancelled = true
    this.onGone?.()
    this.#reject(reason)
    this.#blocks?.fail(reason)
  }

  #settle(head: CheckedHead, contentLength: number, body: ApplicationAnswer['body']): void {
    this.#resolve({ status: head.status, reason: head.reason, headers: head.headers, contentLength, body })
  }
}
