// One request on its way through the access log's middleware, until its record is made.

import { type AccessRecord, CLIENT_LEFT, NO_DETAILS } from '../wsgi/access-record.ts'
import { AnswerFailure } from '../wsgi/answer-failure.ts'
import type { ApplicationResult, StartResponse } from '../wsgi/application.ts'
import { requestTarget } from '../wsgi/request-target.ts'
import type { Environ } from '../wsgi/environ.ts'
import type { ErrorStream } from '../wsgi/error-stream.ts'
import type { RequestContext } from '../wsgi/request-context.ts'
import { type BlockWatcher, watchedBlocks } from '../wsgi/watched-blocks.ts'

type Take = (record: AccessRecord) => void

/** Hands its record to `take`: once, whichever way the request ends. */
export class LoggedRequest implements BlockWatcher {
  readonly #take: Take
  readonly #startMs = performance.now()
  readonly #context: RequestContext | undefined
  readonly #errors: ErrorStream
  // Read at once, as the application may change its environ.
  readonly #method: string
  readonly #target: string
  readonly #protocol: string
  readonly #remoteAddress: string
  readonly #referer: string
  readonly #userAgent: string
  /** 0 before `startResponse`. */
  #status = 0
  #bytes = 0
  #hasData = false
  #isRecorded = false
  #forgetCancel: (() => void) | undefined

  constructor(environ: Environ, take: Take) {
    this.#take = take
    this.#context = environ['gantry.request']
    this.#errors = environ['wsgi.errors']
    this.#method = environ.REQUEST_METHOD
    this.#target = environ.REQUEST_URI ?? requestTarget(environ)
    this.#protocol = environ.SERVER_PROTOCOL
    this.#remoteAddress = environ.REMOTE_ADDR ?? ''
    this.#referer = environ.HTTP_REFERER ?? ''
    this.#userAgent = environ.HTTP_USER_AGENT ?? ''
  }

  startResponse(startResponse: StartResponse): StartResponse {
    return (status, headers, excInfo) => {
      const write = startResponse(status, headers, excInfo)
      this.#status = Number.parseInt(status, 10)
      return (data) => {
        const room = write(data)
        this.block(data)
        return room
      }
    }
  }

  async awaited(promise: Promise<ApplicationResult>): Promise<ApplicationResult> {
    this.#watchClient()
    try {
      return this.result(await promise)
    } catch (error) {
      this.failed(error)
      throw error
    }
  }

  /** What the application returned, such that its end is seen. */
  result(result: ApplicationResult): ApplicationResult {
    if (result === null || isArrayOfBytes(result)) {
      for (const block of result ?? []) this.block(block)
      this.ended()
      return result
    }
    const watched = watchedBlocks(result, this)
    if (watched === undefined) this.failed(undefined)
    else this.#watchClient()
    return watched ?? result
  }

  block(block: unknown): void {
    // Whoever is handed it says what is wrong with it.
    if (!(block instanceof Uint8Array) || this.#status === 0) this.failed(undefined)
    else if (block.length > 0) {
      this.#hasData = true
      this.#bytes += block.length
    }
  }

  /** The answer is complete, or nobody wants more of it. */
  ended(): void {
    if (this.#context?.isCancelled === true) this.#left()
    else this.#record(this.#status === 0 ? 500 : this.#status, undefined)
  }

  failed(error: unknown): void {
    if (this.#context?.isCancelled === true) {
      this.#left()
    } else {
      const failure = error instanceof AnswerFailure ? error : undefined
      this.#record(this.#hasData ? this.#status : (failure?.status ?? 500), failure?.code)
    }
  }

  readonly #left = (): void => {
    this.#record(this.#hasData ? this.#status : CLIENT_LEFT, undefined)
  }

  #watchClient(): void {
    this.#forgetCancel ??= this.#context?.onCancel(this.#left)
  }

  #record(status: number, code: string | undefined): void {
    if (this.#isRecorded) return
    this.#isRecorded = true
    this.#forgetCancel?.()
    try {
      this.#take(this.#recordOf(status, code))
    } catch (error) {
      // The answer has done nothing wrong.
      this.#errors.write(`accessLog: its target failed: ${String(error)}\n`)
    }
  }

  #recordOf(status: number, code: string | undefined): AccessRecord {
    const durationMs = performance.now() - this.#startMs
    return {
      timeMs: Date.now(),
      id: this.#context?.id ?? '-',
      remoteAddress: this.#remoteAddress,
      method: this.#method,
      target: this.#target,
      protocol: this.#protocol,
      status,
      bodyBytes: this.#hasBody(status) ? this.#bytes : 0,
      durationMs,
      // What is behind it takes its time as a whole: waits of its own are nobody's business here.
      queueMs: 0,
      applicationMs: durationMs,
      transferMs: 0,
      servedBy: undefined,
      referer: this.#referer,
      userAgent: this.#userAgent,
      code,
      details: NO_DETAILS,
    }
  }

  /** Whatever the application gives for these goes nowhere (W43). */
  #hasBody(status: number): boolean {
    return this.#method !== 'HEAD' && status !== 204 && status !== 304
  }
}

function isArrayOfBytes(result: ApplicationResult): result is Uint8Array[] {
  return Array.isArray(result) && !('close' in result) && result.every((block) => block instanceof Uint8Array)
}
