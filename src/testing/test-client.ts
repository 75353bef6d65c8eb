// Calls an application in process, without a socket, and hands back its answer as a value.

import { reasonPhrase } from '../http/reason-phrases.ts'
import { AnswerFailure } from '../wsgi/answer-failure.ts'
import { type ApplicationAnswer, answerOf } from '../wsgi/answer-of.ts'
import type { Application } from '../wsgi/application.ts'
import type { Header } from '../wsgi/header.ts'
import { type ApplicationLike, asApplication } from '../wsgi/as-application.ts'
import { environOf } from '../wsgi/environ-object.ts'
import type { Environ } from '../wsgi/environ.ts'
import { LineErrorStream } from '../wsgi/error-stream.ts'
import { BodyInput } from '../wsgi/input-stream.ts'
import { RequestContext } from '../wsgi/request-context.ts'
import { requestStrings } from '../wsgi/request-strings.ts'
import { TestAnswer } from './test-answer.ts'

/** How a test client calls its application. */
export interface TestClientOptions {
  /**
   * Whether what the application throws reaches the caller, unchanged (the default), instead of a 500 answer (W50). Never for an
   * answer that had begun: that one always throws.
   */
  readonly passthroughErrors?: boolean
  /** The mount prefix; request targets are under it. */
  readonly scriptName?: string
  readonly scheme?: 'http' | 'https'
  /** Of the client. */
  readonly remoteAddress?: string
}

/** One request of a test. */
export interface TestRequest {
  readonly method?: string
  /** Path, percent-encoded, and query; `/` if left out. */
  readonly target?: string
  readonly headers?: Readonly<Record<string, string>> | readonly Readonly<Header>[]
  /** Text is sent as UTF-8. */
  readonly body?: Uint8Array | string
  /** Put into the environ last, over what the request has made. */
  readonly environ?: Readonly<Record<string, unknown>>
}

type WithoutMethod = Omit<TestRequest, 'method' | 'target'>

/** Sends requests to one application. */
export class TestClient {
  readonly #application: Application
  readonly #options: TestClientOptions

  constructor(application: ApplicationLike, options: TestClientOptions = {}) {
    this.#application = asApplication(application)
    this.#options = options
  }

  get(target: string, request: WithoutMethod = {}): Promise<TestAnswer> {
    return this.request({ ...request, target })
  }

  post(target: string, request: WithoutMethod = {}): Promise<TestAnswer> {
    return this.request({ ...request, method: 'POST', target })
  }

  /** The whole answer. Rejects with what the application throws. */
  async request(request: TestRequest): Promise<TestAnswer> {
    const written: string[] = []
    const environ = this.#environ(request, written)
    const errors = environ['wsgi.errors']
    const answer = await this.#answer(environ)
    const blocks: Uint8Array[] = []
    for await (const block of answer.body) blocks.push(block)
    // As a server does at the end of a request: a line begun is logged all the same.
    errors.flush()
    return new TestAnswer(answer, blocks, written.join(''))
  }

  /** The answer as soon as its headers are final; its body is taken by whoever reads it. */
  open(request: TestRequest): Promise<ApplicationAnswer> {
    return this.#answer(this.#environ(request, []))
  }

  /** The environ that a request is given. */
  environ(request: TestRequest = {}): Environ {
    return this.#environ(request, [])
  }

  async #answer(environ: Environ): Promise<ApplicationAnswer> {
    try {
      return await answerOf(this.#application, environ)
    } catch (error) {
      if (this.#options.passthroughErrors !== false) throw error
      const status = error instanceof AnswerFailure ? error.status : 500
      const headers = environ['gantry.request']?.errorHeaders ?? []
      return { status, reason: reasonPhrase(status), headers, contentLength: -1, body: [] }
    }
  }

  #environ(request: TestRequest, written: string[]): Environ {
    const { method = 'GET', target = '/', headers = {}, environ = {} } = request
    const { scriptName = '', scheme = 'http', remoteAddress = '127.0.0.1' } = this.#options
    const body = typeof request.body === 'string' ? Buffer.from(request.body) : request.body
    const fields = Symbol.iterator in headers ? headers : Object.entries(headers)
    const strings = requestStrings({
      method,
      target,
      headers: hasHost(fields) ? fields : [['Host', 'localhost'], ...fields],
      scriptName,
      scheme,
      remoteAddress,
      remotePort: '50000',
      ...(body === undefined ? {} : { contentLength: body.length }),
    })
    const bytes = body ?? new Uint8Array(0)
    const objects = {
      input: new BodyInput(bytes, undefined, bytes),
      errors: new LineErrorStream((text) => written.push(text)),
      context: new RequestContext({ id: 'test' }),
      isMultiprocess: false,
    }
    return Object.assign(environOf(strings, objects), environ)
  }
}

function hasHost(fields: readonly Readonly<Header>[]): boolean {
  return fields.some(([name]) => name.toLowerCase() === 'host')
}

/**
 * A client for tests: `await testClient(application).get('/path')`.
 *
 * ```ts
 * const answer = await testClient(application).post('/items', { body: '{"name":"rye"}' })
 * assert.equal(answer.status, 201)
 * ```
 */
export const testClient = (application: ApplicationLike, options: TestClientOptions = {}): TestClient =>
  new TestClient(application, options)
