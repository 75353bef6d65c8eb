// An application where Node's own HTTP server, Express, Fastify or Koa want a listener.

import cluster from 'node:cluster'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { violationSpec } from '../../http/violation.ts'
import { ApplicationRun } from '../../wsgi/application-run.ts'
import type { Application } from '../../wsgi/application.ts'
import { type ApplicationLike, asApplication } from '../../wsgi/as-application.ts'
import { environOf } from '../../wsgi/environ-object.ts'
import { type LogPrinter, RequestLog } from '../adapter-log.ts'
import { type FailureAnswer, answerForFailure, failureAnswer } from '../failure-answer.ts'
import { errorHeadersOf } from '../../wsgi/error-headers.ts'
import { checkedMount } from '../mounted-target.ts'
import { NodeAnswer } from './node-answer.ts'
import { type NodeRequestBody, nodeRequestBody } from './node-request-body.ts'
import { type NodeRequestOptions, nodeRequestEnviron } from './node-request-environ.ts'

/** What an application behind a Node server is told, and whom it believes. */
export interface NodeListenerOptions {
  /**
   * The mount prefix as it stands in request targets, such as `/legacy`; it becomes SCRIPT_NAME. Express says by itself where it has
   * mounted the listener, and this comes behind that. Requests outside of it go to `next`, or are answered 404 without one.
   */
  readonly scriptName?: string
  /**
   * Whether a proxy of yours has this address (`''` for a Unix socket): then what it says of the client in Forwarded and X-Forwarded-* counts. Without it
   * Express's own `trust proxy` decides; elsewhere nobody is believed. Those fields are removed from everybody else's requests.
   */
  readonly trustsProxy?: (address: string) => boolean
  /** Takes what is logged, in whole lines: `wsgi.errors`, and failures that go to no `next`. Standard error if left out. */
  readonly log?: (text: string) => void
}

/** A listener of `http.createServer`, and middleware of Express and everything that is called like it. */
export type NodeListener = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void

/**
 * Makes a listener that answers with `application`.
 *
 * What the application throws before its headers are sent goes to `next`, where there is one; else it is logged and answered with an
 * error page. Later, the answer is cut.
 *
 * ```ts
 * app.use('/legacy', toNodeListener(pythonApplication('shop:app')))
 * ```
 *
 * @throws RangeError for a `scriptName` that is no path
 */
export function toNodeListener(
  application: ApplicationLike,
  options: NodeListenerOptions = {},
): NodeListener {
  const inner = asApplication(application)
  const { scriptName = '', trustsProxy, log } = options
  const settings = { scriptName: checkedMount(scriptName, 'toNodeListener'), trustsProxy, log }
  return function wsgiListener(request, response, next) {
    serve(inner, settings, new Call(request, response, next))
  }
}

interface Settings extends NodeRequestOptions {
  readonly log: LogPrinter | undefined
}

type Next = ((error?: unknown) => void) | undefined

class Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly next: Next

  constructor(request: IncomingMessage, response: ServerResponse, next: Next) {
    this.request = request
    this.response = response
    this.next = next
  }
}

function serve(application: Application, settings: Settings, call: Call): void {
  const { request, response } = call
  const read = nodeRequestEnviron(request, settings)
  if (read.type === 'refused') {
    const { status, reason } = violationSpec(read.violation)
    sendFailureAnswer(response, failureAnswer(status, reason))
    return
  }
  if (read.type === 'elsewhere') {
    if (call.next === undefined) sendFailureAnswer(response, failureAnswer(404))
    else call.next()
    return
  }
  const log = new RequestLog(request.method ?? '', read.strings['REQUEST_URI'] ?? '', settings.log)
  const onFailure = (error: unknown): void => answerFailure(call, log, error)
  const body = bodyOf(request, onFailure)
  if (body === undefined) return
  const { input } = body
  const answer = new NodeAnswer({ response, log, input, onFailure })
  const objects = { input, errors: log.errors, context: log.context, isMultiprocess: cluster.isWorker }
  const environ = environOf(withChanges(read.strings, body.strings), objects)
  new ApplicationRun(answer, answer, request.method === 'HEAD').start(application, environ)
}

/** Undefined after a body that cannot be had: the failure is told. */
function bodyOf(request: IncomingMessage, onFailure: (error: unknown) => void): NodeRequestBody | undefined {
  try {
    return nodeRequestBody(request)
  } catch (error) {
    onFailure(error)
    return undefined
  }
}

function withChanges(
  strings: Record<string, string>,
  changes: NodeRequestBody['strings'],
): Record<string, string> {
  if (changes === undefined) return strings
  const kept = Object.entries(strings).filter(([key]) => !(key in changes))
  const added = Object.entries(changes).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return Object.fromEntries([...kept, ...added])
}

/** Nothing of the application's own was sent. */
function answerFailure({ response, next }: Call, log: RequestLog, error: unknown): void {
  if (next === undefined) {
    log.failed(error)
    sendFailureAnswer(response, answerForFailure(error, log.context))
    return
  }
  // Whoever answers now adds to what stands here already.
  if (!response.headersSent)
    for (const [name, value] of errorHeadersOf(log.context)) response.appendHeader(name, value)
  next(error)
}

function sendFailureAnswer(response: ServerResponse, { status, reason, headers, body }: FailureAnswer): void {
  if (response.headersSent || response.destroyed) return
  response.statusCode = status
  response.statusMessage = reason
  for (const [name, value] of headers) response.appendHeader(name, value)
  response.end(body)
}
