// An application where a fetch handler is wanted: a Request in, a Response out.

import type { IncomingMessage } from 'node:http'
import { type ViolationCode, violationSpec } from '../../http/violation.ts'
import { type ApplicationAnswer, answerOf } from '../../wsgi/answer-of.ts'
import type { Application } from '../../wsgi/application.ts'
import { type ApplicationLike, asApplication } from '../../wsgi/as-application.ts'
import { environOf } from '../../wsgi/environ-object.ts'
import type { Header } from '../../wsgi/header.ts'
import type { RequestContext } from '../../wsgi/request-context.ts'
import { requestStrings } from '../../wsgi/request-strings.ts'
import { type LogPrinter, RequestLog } from '../adapter-log.ts'
import { type FailureAnswer, answerForFailure, failureAnswer } from '../failure-answer.ts'
import { fetchRequestBody } from './fetch-request-body.ts'
import { checkedMount, isWellEncoded, splitMount } from '../mounted-target.ts'
import { type ProxyTrust, fieldsWord, isForwarded, saidFacts, withWord } from '../proxy-word.ts'

/** What an application behind a fetch handler is told, and how it fails. */
export interface ToFetchOptions {
  /** The mount prefix as it stands in the URL's path, such as `/legacy`; it becomes SCRIPT_NAME. Requests outside of it are answered 404. */
  readonly scriptName?: string
  /**
   * Whether a proxy of yours has this address (`''` where the bindings do not name the client): then what it says in Forwarded and
   * X-Forwarded-* counts. Without it nobody is believed. Those fields are removed from everybody else's requests.
   */
  readonly trustsProxy?: (address: string) => boolean
  /** Whether what the application throws before its headers rejects the promise, unchanged, in place of a logged 500 answer (the default). */
  readonly passthroughErrors?: boolean
  /** Takes what is logged, in whole lines: `wsgi.errors`, and what the application throws. Standard error if left out. */
  readonly log?: (text: string) => void
}

/** Answers a request. `bindings` is what runtimes and Hono call `env`; of `@hono/node-server`'s the client's address is taken. */
export type FetchedApplication = (request: Request, bindings?: unknown) => Promise<Response>

/**
 * Makes a fetch handler that answers with `application`.
 *
 * An answer with a status above 599 cannot be a Response: it fails like an application that throws.
 *
 * ```ts
 * const legacy = toFetch(pythonApplication('shop:app'), { scriptName: '/legacy' })
 * hono.all('/legacy/*', (c) => legacy(c.req.raw, c.env))
 * ```
 *
 * @throws RangeError for a `scriptName` that is no path
 */
export function toFetch(application: ApplicationLike, options: ToFetchOptions = {}): FetchedApplication {
  const inner = asApplication(application)
  const { scriptName = '', trustsProxy, passthroughErrors = false, log } = options
  const settings = { scriptName: checkedMount(scriptName, 'toFetch'), trustsProxy, passthroughErrors, log }
  return function fetchApplication(request, bindings) {
    return serve(inner, settings, request, bindings)
  }
}

interface Settings {
  readonly scriptName: string
  readonly trustsProxy: ProxyTrust | undefined
  readonly passthroughErrors: boolean
  readonly log: LogPrinter | undefined
}

async function serve(
  application: Application,
  settings: Settings,
  request: Request,
  bindings: unknown,
): Promise<Response> {
  const url = new URL(request.url)
  if (splitMount(url.pathname, settings.scriptName) === undefined) return responseOf(failureAnswer(404))
  const strings = stringsOf(request, url, settings, clientIn(bindings))
  if (typeof strings === 'string') {
    const { status, reason } = violationSpec(strings)
    return responseOf(failureAnswer(status, reason))
  }
  const log = new RequestLog(request.method, url.pathname + url.search, settings.log)
  const forgetAbort = cancelWith(log.context, request.signal)
  const exchange = new FetchExchange(log, forgetAbort)
  try {
    const body = fetchRequestBody(request)
    exchange.onOver = () => body.close()
    const { errors, context } = log
    const environ = environOf(strings, { input: body, errors, context, isMultiprocess: false })
    return exchange.response(await answerOf(application, environ))
  } catch (error) {
    exchange.over()
    if (settings.passthroughErrors || log.context.isCancelled) throw error
    log.failed(error)
    return responseOf(answerForFailure(error, log.context))
  }
}

/** The client's leaving, as the runtime tells it. */
function cancelWith(context: RequestContext, signal: AbortSignal): () => void {
  const abort = (): void => context.cancel(signal.reason instanceof Error ? signal.reason : undefined)
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return () => signal.removeEventListener('abort', abort)
}

interface Client {
  readonly remoteAddress?: string
  readonly remotePort?: string
}

/** Of what `@hono/node-server` hands to its handlers. */
function clientIn(bindings: unknown): Client {
  const { incoming } = (bindings ?? {}) as { readonly incoming?: Partial<IncomingMessage> }
  const { remoteAddress, remotePort } = incoming?.socket ?? {}
  return remoteAddress === undefined ? {} : { remoteAddress, remotePort: String(remotePort ?? '') }
}

function stringsOf(
  request: Request,
  url: URL,
  { scriptName, trustsProxy }: Settings,
  client: Client,
): Record<string, string> | ViolationCode {
  if (!isWellEncoded(url.pathname)) return 'TARGET_ENCODING'
  const fields = [...request.headers]
  const trust = trustsProxy?.(client.remoteAddress ?? '') === true ? trustsProxy : 'nobody'
  const word = fieldsWord(trust, fields)
  if (typeof word === 'string') return word
  const headers = trust === 'nobody' ? fields.filter(([name]) => !isForwarded(name)) : fields
  const strings = requestStrings({
    method: request.method,
    target: `${url.pathname}${url.search}`,
    headers,
    scriptName,
    scheme: url.protocol === 'https:' ? 'https' : 'http',
    serverName: url.hostname,
    ...(url.port === '' ? {} : { serverPort: url.port }),
    ...client,
    ...saidFacts(word),
  })
  // Where nothing has read the request off a wire, it has no Host field.
  strings['HTTP_HOST'] ??= url.host
  return withWord(strings, word)
}

// RFC 9110 and the Fetch standard ("null body status"): a Response takes no body with these.
const WITHOUT_BODY = new Set([204, 205, 304])

/** One answer on its way out. */
class FetchExchange {
  onOver: (() => void) | undefined
  readonly #log: RequestLog
  readonly #forgetAbort: () => void
  #isOver = false

  constructor(log: RequestLog, forgetAbort: () => void) {
    this.#log = log
    this.#forgetAbort = forgetAbort
  }

  /** @throws RangeError for a status that no Response can have */
  response(answer: ApplicationAnswer): Response {
    const { body } = answer
    const init = { status: answer.status, statusText: answer.reason, headers: headersOf(answer) }
    if (Symbol.iterator in body) {
      this.over()
      return new Response(WITHOUT_BODY.has(answer.status) ? null : wholeBody(body), init)
    }
    try {
      const isBodiless = WITHOUT_BODY.has(answer.status)
      const response = new Response(isBodiless ? null : this.#stream(body), init)
      if (isBodiless) this.#end(body)
      return response
    } catch (error) {
      this.#end(body)
      throw error
    }
  }

  /** The request is over: nothing is told of it or asked of it any more. */
  over(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#forgetAbort()
    this.#log.end()
    this.onOver?.()
  }

  /** Asks for the next block when somebody wants it, and holds none back. */
  #stream(blocks: AsyncIterableIterator<Uint8Array, undefined>): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => this.#pull(blocks, controller),
        cancel: () => this.#end(blocks),
      },
      { highWaterMark: 0 },
    )
  }

  async #pull(
    blocks: AsyncIterableIterator<Uint8Array, undefined>,
    controller: ReadableStreamDefaultController<Uint8Array>,
  ): Promise<void> {
    try {
      const step = await blocks.next()
      if (step.done !== true) {
        controller.enqueue(step.value)
        return
      }
      this.over()
      controller.close()
    } catch (error) {
      this.#log.failed(error)
      this.over()
      controller.error(error)
    }
  }

  #end(blocks: AsyncIterableIterator<Uint8Array, undefined>): void {
    void blocks.return?.()
    this.#log.context.cancel()
    this.over()
  }
}

function headersOf({ headers, contentLength }: ApplicationAnswer): Headers {
  const fields = fetchHeaders(headers)
  if (contentLength !== -1 && !fields.has('content-length'))
    fields.set('content-length', String(contentLength))
  return fields
}

function fetchHeaders(headers: readonly Header[]): Headers {
  const fields = new Headers()
  for (const [name, value] of headers) fields.append(name, value)
  return fields
}

function wholeBody(blocks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return (blocks.length === 1 ? blocks[0]! : Buffer.concat(blocks)) as Uint8Array<ArrayBuffer>
}

function responseOf({ status, reason, headers, body }: FailureAnswer): Response {
  const init = { status, statusText: reason, headers: fetchHeaders(headers) }
  return new Response(wholeBody([body]), init)
}
