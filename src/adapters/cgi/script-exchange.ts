// One request to a script: its body goes in, its answer comes out as an application's. Both go on at the same time, each as fast as the
// other side takes it.

import { GantryError } from '../../errors.ts'
import type { Blocks, StartResponse } from '../../wsgi/application.ts'
import type { Environ } from '../../wsgi/environ.ts'
import { BodyInput } from '../../wsgi/input-stream.ts'
import { RequestCancelled } from '../../wsgi/request-context.ts'
import { type LocalRedirect, type ScriptHead, ScriptHeadReader } from './answer-head.ts'
import { scriptFailure } from './script-failure.ts'
import type { ScriptRun } from './script-run.ts'
import { Silence } from './silence.ts'

const PULL_BYTES = 65_536

export class ScriptExchange {
  readonly #environ: Environ
  readonly #run: ScriptRun
  readonly #limitMs: number
  readonly #silence: Silence
  readonly #forgetCancel: (() => void) | undefined
  #waitsForClient = false

  /** `limitMs`: for how long the script may do nothing. */
  constructor(environ: Environ, run: ScriptRun, limitMs: number) {
    this.#environ = environ
    this.#run = run
    this.#limitMs = limitMs
    this.#silence = new Silence(
      limitMs,
      () => this.#waitsForClient,
      () => run.abort(new GantryError('GANTRY_UPSTREAM_TIMEOUT', { upstream: run.name, limitMs })),
    )
    this.#forgetCancel = environ['gantry.request']?.onCancel((reason) => run.abort(reason))
    void run.whenOver.then(() => this.#over())
  }

  /** Begins to answer. Where the answer is another path's, nothing is begun, and that is what comes back. */
  async answer(startResponse: StartResponse, bodyBytes: number): Promise<Blocks | LocalRedirect> {
    void this.#sendBody(bodyBytes)
    try {
      const { head, rest } = await this.#readHead()
      if (head.type === 'local-redirect') {
        this.leave()
        return head
      }
      startResponse(head.status, head.headers)
      return new ScriptBlocks(this, rest, this.#environ)
    } catch (error) {
      this.#run.abort(asError(error))
      throw error
    }
  }

  /** The next part of the output; undefined at its end. */
  async next(): Promise<Buffer | undefined> {
    const block = await this.#nextInTime()
    if (block === undefined) await this.#run.ended()
    return block
  }

  async #nextInTime(): Promise<Buffer | undefined> {
    this.#silence.begin()
    try {
      return await this.#run.next()
    } finally {
      this.#silence.stop()
    }
  }

  /** Nobody reads the output any more. */
  leave(): void {
    this.#run.release(this.#limitMs)
  }

  async #readHead(): Promise<{ readonly head: ScriptHead | LocalRedirect; readonly rest: Buffer }> {
    const reader = new ScriptHeadReader()
    for (;;) {
      const block = await this.next()
      if (block === undefined)
        throw this.#badAnswer(`ended${this.#run.ending} before its headers were complete`)
      const step = reader.read(block)
      if (step.type === 'problem') throw this.#badAnswer(step.text)
      if (step.type === 'end') return step
    }
  }

  #badAnswer(problem: string): GantryError {
    return new GantryError('GANTRY_UPSTREAM_ANSWER_BAD', { upstream: this.#run.name, problem })
  }

  /** RFC 3875 §4.2: as many bytes as CONTENT_LENGTH says, and no more. */
  async #sendBody(bodyBytes: number): Promise<void> {
    try {
      for (let missing = bodyBytes; missing > 0; ) {
        const block = await this.#readInput(Math.min(missing, PULL_BYTES))
        if (block.length === 0) throw new RequestCancelled('the body ended before its Content-Length')
        missing -= block.length
        // It may answer, and end, without having read everything.
        if (!(await this.#run.write(block))) return
        this.#silence.touch()
      }
      this.#run.endBody()
    } catch (error) {
      this.#run.abort(asError(error))
    }
  }

  async #readInput(maxBytes: number): Promise<Buffer> {
    const input = this.#environ['wsgi.input']
    this.#waitsForClient = true
    try {
      return input instanceof BodyInput ? await input.readSome(maxBytes) : await input.read(maxBytes)
    } finally {
      this.#waitsForClient = false
      this.#silence.touch()
    }
  }

  #over(): void {
    this.#silence.stop()
    this.#forgetCancel?.()
  }
}

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)))

type Step = IteratorResult<Uint8Array, undefined>
const DONE: Step = Object.freeze({ done: true, value: undefined })

/** The body, each part of it as it comes. */
class ScriptBlocks implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #exchange: ScriptExchange
  readonly #environ: Environ
  #rest: Buffer | undefined

  constructor(exchange: ScriptExchange, rest: Buffer, environ: Environ) {
    this.#exchange = exchange
    this.#environ = environ
    this.#rest = rest.length === 0 ? undefined : rest
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<Step> {
    const rest = this.#rest
    this.#rest = undefined
    if (rest !== undefined) return { done: false, value: rest }
    try {
      const block = await this.#exchange.next()
      return block === undefined ? DONE : { done: false, value: block }
    } catch (error) {
      throw scriptFailure(this.#environ, error)
    }
  }

  return(): Promise<Step> {
    this.close()
    return Promise.resolve(DONE)
  }

  /** Called at the end, too. */
  close(): void {
    this.#exchange.leave()
  }
}
