// A listener of Node's own HTTP server (an Express application, Koa's callback, a plain function) as an application. An http.Server that
// listens nowhere gets one end of a connection inside this process for each request, so the listener meets nothing but the real objects.

import {
  type ClientRequest,
  type IncomingMessage,
  METHODS,
  type Server,
  type ServerResponse,
  createServer,
  request as httpRequest,
} from 'node:http'
import type { Application, Blocks, StartResponse } from '../../wsgi/application.ts'
import type { Environ } from '../../wsgi/environ.ts'
import type { ErrorStream } from '../../wsgi/error-stream.ts'
import type { Header } from '../../wsgi/header.ts'
import { BodyInput } from '../../wsgi/input-stream.ts'
import { RequestCancelled } from '../../wsgi/request-context.ts'
import { targetOf } from '../mounted-target.ts'
import { isOfTheAnswer, requestFields } from '../request-fields.ts'
import { PairedSocket } from './socket-pair.ts'

/** What a listener is told. */
export interface FromNodeListenerOptions {
  /**
   * Whether SCRIPT_NAME is cut off `request.url`, as `use` of Express does; `originalUrl` and `baseUrl` say what was there. Else (the
   * default) the listener sees the target as the client sent it.
   */
  readonly cutsMount?: boolean
}

/** What `http.createServer` takes. What it returns is only looked at for a promise that rejects. */
export type ServerListener = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * Makes an application of a listener. What the listener throws before it has answered, the application throws; upgrades are not passed on.
 *
 * ```ts
 * const application = fromNodeListener(express().get('/', (request, response) => response.send('Hello')))
 * ```
 */
export function fromNodeListener(
  listener: ServerListener,
  options: FromNodeListenerOptions = {},
): Application {
  const server = silentServer(listener)
  const cutsMount = options.cutsMount === true
  return function nodeListener(environ, startResponse) {
    if (!METHODS.includes(environ.REQUEST_METHOD) || environ.REQUEST_METHOD === 'CONNECT')
      return refuse(startResponse)
    return new InnerExchange(environ, startResponse).run(server, cutsMount)
  }
}

// The gateway in front has its own limits; Node's must not come on top of them.
const MAX_HEAD_BYTES = 1_048_576
const PULL_BYTES = 65_536

function silentServer(listener: ServerListener): Server {
  const server = createServer(
    { maxHeaderSize: MAX_HEAD_BYTES, requireHostHeader: false },
    (request, response) => {
      const socket = request.socket as unknown as ListenerSocket
      socket.place(request)
      // On Node's own server what leaves a listener ends the process.
      try {
        Promise.resolve(listener(request, response)).catch((error: unknown) => socket.fail(error, response))
      } catch (error) {
        socket.fail(error, response)
      }
    },
  )
  server.maxHeadersCount = 0
  return server
}

function refuse(startResponse: StartResponse): Blocks {
  startResponse('501 Not Implemented', [['Content-Type', 'text/plain; charset=utf-8']])
  return [Buffer.from('501 Not Implemented\n')]
}

/** The listener's end of a connection: it says who the client is. */
class ListenerSocket extends PairedSocket {
  readonly remoteAddress: string | undefined
  readonly remotePort: number | undefined
  readonly remoteFamily: string | undefined
  readonly localAddress: string
  readonly localPort: number
  readonly encrypted: boolean
  /** What the listener has thrown. */
  failure: { readonly error: unknown } | undefined
  readonly #errors: ErrorStream
  readonly #mount: string
  readonly #target: string

  constructor(environ: Environ, mount: string, target: string) {
    super()
    const { REMOTE_ADDR, REMOTE_PORT } = environ
    this.remoteAddress = REMOTE_ADDR === '' ? undefined : REMOTE_ADDR
    this.remotePort = REMOTE_PORT === undefined || REMOTE_PORT === '' ? undefined : Number(REMOTE_PORT)
    this.remoteFamily = REMOTE_ADDR === undefined ? undefined : REMOTE_ADDR.includes(':') ? 'IPv6' : 'IPv4'
    this.localAddress = environ.SERVER_NAME
    this.localPort = Number(environ.SERVER_PORT)
    this.encrypted = environ['wsgi.url_scheme'] === 'https'
    this.#errors = environ['wsgi.errors']
    this.#mount = mount
    this.#target = target
  }

  /** Tells Express, and what is made like it, where it is mounted. */
  place(request: IncomingMessage): void {
    if (this.#mount !== '') Object.assign(request, { baseUrl: this.#mount, originalUrl: this.#target })
  }

  fail(error: unknown, { writableEnded }: ServerResponse): void {
    if (writableEnded) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
      this.#errors.write(`the listener failed after its answer: ${text}\n`)
      return
    }
    this.failure = { error }
    this.destroy()
  }
}

/** One request to the listener, from the side of its client. */
class InnerExchange {
  readonly #environ: Environ
  readonly #startResponse: StartResponse
  #forgetCancel: (() => void) | undefined

  constructor(environ: Environ, startResponse: StartResponse) {
    this.#environ = environ
    this.#startResponse = startResponse
  }

  async run(server: Server, cutsMount: boolean): Promise<Blocks> {
    const environ = this.#environ
    const target = targetOf(environ, false)
    const path = targetOf(environ, cutsMount)
    const mount = cutsMount ? rawMount(target, path) : ''
    const [near, far] = PairedSocket.pair(new ListenerSocket(environ, mount, target))
    server.emit('connection', far)
    this.#forgetCancel = environ['gantry.request']?.onCancel(() => near.destroy())
    const causeOf = (error: unknown): unknown => (far.failure === undefined ? error : far.failure.error)
    try {
      const response = await this.#send(openRequest(environ, path, near))
      this.#startResponse(`${response.statusCode} ${response.statusMessage}`, headersOf(response))
      return new MessageBlocks(response, () => this.#end(near), causeOf)
    } catch (error) {
      this.#end(near)
      throw causeOf(error)
    }
  }

  /** Sends the request; resolves with the head of what comes back, which may be before all was sent. */
  #send(request: ClientRequest): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      request.once('response', resolve)
      request.once('upgrade', (_response, socket) => {
        socket.destroy()
        reject(new Error('the listener switched protocols (101), which nobody has asked it to do'))
      })
      // After the head it is the body that fails, or a listener that has answered does not want the rest of the request.
      request.on('error', (error: NodeJS.ErrnoException) => reject(this.#failureOf(error)))
      sendBody(request, this.#environ).catch((error: unknown) => {
        reject(error instanceof Error ? error : new Error(String(error)))
        request.destroy()
      })
    })
  }

  #failureOf(error: NodeJS.ErrnoException): Error {
    if (this.#environ['gantry.request']?.isCancelled === true)
      return new RequestCancelled('nobody waits for the answer any more')
    if (error.code !== 'ECONNRESET') return error
    return new Error('the listener closed its connection before it had answered', { cause: error })
  }

  #end(near: PairedSocket): void {
    this.#forgetCancel?.()
    near.destroy()
  }
}

/** What was cut off `target` to leave `path`, both with their queries; Express keeps it without a slash at its end. */
function rawMount(target: string, path: string): string {
  const whole = target.split('?', 1)[0]!
  const rest = path.split('?', 1)[0]!
  return whole.endsWith(rest) ? whole.slice(0, whole.length - rest.length) : whole
}

function openRequest(environ: Environ, path: string, near: PairedSocket): ClientRequest {
  const fields = requestFields(environ)
  if (hasUnknownLength(environ)) fields.push(['transfer-encoding', 'chunked'])
  return httpRequest({
    method: environ.REQUEST_METHOD,
    path,
    headers: Object.fromEntries(fields),
    setHost: false,
    createConnection: () => near,
    maxHeaderSize: MAX_HEAD_BYTES,
  })
}

const WITHOUT_BODY = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** A body that is read while it arrives has no length; of a method that seldom has one, no length means no body. */
function hasUnknownLength(environ: Environ): boolean {
  const { CONTENT_LENGTH: length, REQUEST_METHOD: method, 'wsgi.input': input } = environ
  if (length !== undefined && length !== '') return false
  const whole = input instanceof BodyInput ? input.wholeBody : undefined
  return whole instanceof Uint8Array ? whole.length > 0 : !WITHOUT_BODY.has(method)
}

async function sendBody(request: ClientRequest, environ: Environ): Promise<void> {
  const input = environ['wsgi.input']
  const hasBody = hasUnknownLength(environ) || Number(environ.CONTENT_LENGTH ?? 0) > 0
  while (hasBody) {
    const block = input instanceof BodyInput ? await input.readSome(PULL_BYTES) : await input.read(PULL_BYTES)
    // A listener may answer, and its connection be gone, before it has read everything.
    if (request.destroyed) return
    if (block.length === 0) break
    if (!request.write(block)) await room(request)
  }
  request.end()
}

/** Resolves when the connection takes more, or is closed. */
function room(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const goOn = (): void => {
      request.off('drain', goOn).off('close', goOn)
      resolve()
    }
    request.on('drain', goOn).on('close', goOn)
  })
}

/** Each by itself, as the listener has set it. What it says of its connection is the server's to say. */
function headersOf({ rawHeaders }: IncomingMessage): Header[] {
  const headers: Header[] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!
    if (isOfTheAnswer(name.toLowerCase())) headers.push([name, rawHeaders[at + 1]!])
  }
  return headers
}

/** The body of an answer, which is read as there is room for it. */
class MessageBlocks implements AsyncIterable<Buffer> {
  readonly #message: IncomingMessage
  readonly #onClose: () => void
  readonly #causeOf: (error: unknown) => unknown

  constructor(message: IncomingMessage, onClose: () => void, causeOf: (error: unknown) => unknown) {
    this.#message = message
    this.#onClose = onClose
    this.#causeOf = causeOf
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield* this.#message as AsyncIterable<Buffer>
    } catch (error) {
      throw this.#causeOf(error)
    }
  }

  close(): void {
    this.#message.destroy()
    this.#onClose()
  }
}
