// A fetch handler (Hono's `app.fetch`, or any function from Request to Response) as an application.

import { reasonPhrase } from '../../http/reason-phrases.ts'
import type { Application, Blocks, StartResponse } from '../../wsgi/application.ts'
import type { Environ } from '../../wsgi/environ.ts'
import type { Header } from '../../wsgi/header.ts'
import { BodyInput, type InputStream } from '../../wsgi/input-stream.ts'
import { targetOf } from '../mounted-target.ts'
import { isOfTheAnswer, requestFields } from '../request-fields.ts'

/** What a fetch handler is told. */
export interface FromFetchOptions {
  /** Whether SCRIPT_NAME is cut off the URL's path. Else (the default) the handler sees the path as the client sent it. */
  readonly cutsMount?: boolean
}

/** What a handler is given besides the request; in Hono it is `c.env`. */
export interface FetchBindings {
  /** The request as the application got it: who the client is, and what middleware has left there. */
  readonly environ: Environ
}

/** Answers a request. */
export type FetchHandler = (request: Request, bindings: FetchBindings) => Response | Promise<Response>

/**
 * Makes an application of a fetch handler. What the handler throws, the application throws.
 *
 * The URL is the scheme, the Host field and the request target as sent, so that `%2F` stays what it is. TRACE, which no Request can have, is
 * answered 501.
 *
 * ```ts
 * const application = fromFetch(hono.fetch)
 * ```
 */
export function fromFetch(handler: FetchHandler, options: FromFetchOptions = {}): Application {
  const cutsMount = options.cutsMount === true
  return async function fetchHandler(environ, startResponse) {
    if (UNKNOWN_TO_FETCH.has(environ.REQUEST_METHOD)) return refuse(startResponse)
    const response = await handler(requestOf(environ, cutsMount), { environ })
    return await answer(response, startResponse)
  }
}

// The Fetch standard's forbidden methods.
const UNKNOWN_TO_FETCH = new Set(['CONNECT', 'TRACE', 'TRACK'])
const PULL_BYTES = 65_536
const NOTHING: readonly Uint8Array[] = []

function refuse(startResponse: StartResponse): Blocks {
  startResponse('501 Not Implemented', [['Content-Type', 'text/plain; charset=utf-8']])
  return [Buffer.from('501 Not Implemented\n')]
}

function requestOf(environ: Environ, cutsMount: boolean): Request {
  const { REQUEST_METHOD: method, SERVER_NAME, SERVER_PORT } = environ
  const host = environ['HTTP_HOST'] ?? `${SERVER_NAME}:${SERVER_PORT}`
  const url = `${environ['wsgi.url_scheme']}://${host}${targetOf(environ, cutsMount)}`
  const signal = environ['gantry.request']?.signal
  const body = bodyOf(environ)
  return new Request(url, {
    method,
    headers: requestFields(environ),
    ...(body === undefined ? {} : { body, duplex: 'half' }),
    ...(signal === undefined ? {} : { signal }),
  })
}

type RequestBodyInit = Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>

/** Undefined where there is none, or where a Request cannot have one. */
function bodyOf(environ: Environ): RequestBodyInit | undefined {
  const { REQUEST_METHOD: method, CONTENT_LENGTH: length, 'wsgi.input': input } = environ
  if (method === 'GET' || method === 'HEAD' || length === '0') return undefined
  const whole = input instanceof BodyInput ? input.wholeBody : undefined
  if (!(whole instanceof Uint8Array)) return streamOf(input)
  return whole.length === 0 ? undefined : (whole as Uint8Array<ArrayBuffer>)
}

function streamOf(input: InputStream): ReadableStream<Uint8Array> {
  const next = (): Promise<Uint8Array> =>
    input instanceof BodyInput ? input.readSome(PULL_BYTES) : input.read(PULL_BYTES)
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const block = await next()
        if (block.length === 0) controller.close()
        else controller.enqueue(block)
      },
    },
    { highWaterMark: 0 },
  )
}

async function answer(response: Response, startResponse: StartResponse): Promise<Blocks> {
  const { status, statusText, body } = response
  const blocks = body === null ? undefined : new ResponseBlocks(body.getReader())
  try {
    startResponse(`${status} ${statusText || reasonPhrase(status)}`, headersOf(response.headers))
    return (await blocks?.whole()) ?? blocks ?? NOTHING
  } catch (error) {
    blocks?.close()
    throw error
  }
}

/** Each Set-Cookie by itself. What handlers say of the connection is the server's to say. */
function headersOf(headers: Headers): Header[] {
  const list: Header[] = []
  for (const [name, value] of headers) {
    if (name !== 'set-cookie' && isOfTheAnswer(name)) list.push([name, value])
  }
  for (const cookie of headers.getSetCookie()) list.push(['set-cookie', cookie])
  return list
}

type Step = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>

/** A Response's body: each block is asked for when there is room for it. */
class ResponseBlocks implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  /** Steps that were asked for already. */
  readonly #asked: Promise<Step>[] = []

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader
  }

  /** The body as an array, where the whole of it is there at once: then its length is known. */
  async whole(): Promise<readonly Uint8Array[] | undefined> {
    const turn = nextTurn()
    const first = await Promise.race([this.#ask(), turn])
    if (first === undefined) return undefined
    if (first.done) return NOTHING
    const second = await Promise.race([this.#ask(), turn])
    return second?.done === true ? [first.value] : undefined
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const step = await (this.#asked.shift() ?? this.#reader.read())
    return step.done ? { done: true, value: undefined } : step
  }

  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.close()
    return Promise.resolve({ done: true, value: undefined })
  }

  close(): void {
    this.#reader.cancel().catch(() => undefined)
  }

  #ask(): Promise<Step> {
    const step = this.#reader.read()
    this.#asked.push(step)
    // Whoever takes it is thrown what is wrong; nobody may come for it.
    step.catch(() => undefined)
    return step
  }
}

const nextTurn = (): Promise<undefined> => new Promise((resolve) => setImmediate(() => resolve(undefined)))
