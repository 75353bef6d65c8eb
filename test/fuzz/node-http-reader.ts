// llhttp in its strict mode, through node:http: a server whose connections are streams of this process.

import { IncomingMessage, METHODS, ServerResponse, createServer } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Progress, Refusal, RequestReader, SeenRequest } from './reading.ts'

const LARGEST_HEAD_BYTES = 1_048_576
const NEVER_MS = 2 ** 31 - 1

/** A method that llhttp has no name for. */
export function isForeignMethod(method: string): boolean {
  return !METHODS.includes(method)
}

/** One end of a connection; what node:http writes to it is thrown away. */
class FedSocket extends Duplex {
  readonly messages: RecordedMessage[] = []
  error: NodeJS.ErrnoException | undefined

  override _read(): void {
    // Bytes are fed, not asked for.
  }

  override _write(_bytes: Buffer, _encoding: BufferEncoding, done: () => void): void {
    done()
  }
}

/** Made by node:http for each complete head, whether or not it goes on to hand out the request. */
class RecordedMessage extends IncomingMessage {
  readonly pieces: Buffer[] = []
  /** The status of an answer that node:http gave by itself. */
  ownAnswer: number | undefined
  response: RecordedResponse | undefined

  constructor(socket: Socket) {
    super(socket)
    if (socket instanceof FedSocket) socket.messages.push(this)
  }

  // At once, where the stream's own events would come later; and nobody reads the stream.
  override push(piece: Buffer | null): boolean {
    if (piece !== null) this.pieces.push(Buffer.from(piece))
    return true
  }
}

class RecordedResponse extends ServerResponse<RecordedMessage> {
  constructor(request: RecordedMessage) {
    super(request)
    request.response = this
  }

  override end(): this {
    this.req.ownAnswer = this.statusCode
    return super.end()
  }
}

const server = createServer({
  IncomingMessage: RecordedMessage,
  ServerResponse: RecordedResponse,
  insecureHTTPParser: false,
  requireHostHeader: true,
  joinDuplicateHeaders: false,
  maxHeaderSize: LARGEST_HEAD_BYTES,
  connectionsCheckingInterval: NEVER_MS,
})
server.maxHeadersCount = 0
// Requests are never answered, so nothing is written but what node:http answers by itself.
server.on('request', () => undefined)
server.on('clientError', (error, socket) => {
  if (socket instanceof FedSocket) socket.error = error
})

export class NodeHttpReader implements RequestReader {
  readonly #socket = new FedSocket()

  constructor() {
    server.emit('connection', this.#socket)
  }

  get progress(): Progress {
    const { messages } = this.#socket
    let bodyBytes = 0
    for (const { pieces } of messages) for (const piece of pieces) bodyBytes += piece.length
    return { heads: messages.length, ends: this.#ends, bodyBytes }
  }

  get refusal(): Refusal | undefined {
    const { messages, error } = this.#socket
    // 400 without Host, and 417: node:http answers these and reads on; what it reads then does not matter.
    const answered = messages.findIndex(({ ownAnswer }) => ownAnswer !== undefined)
    if (answered !== -1) return { request: answered, code: String(messages[answered]!.ownAnswer) }
    if (error === undefined || this.#endsConnection) return undefined
    return { request: this.#ends, code: error.code ?? error.message }
  }

  get isOver(): boolean {
    return this.refusal !== undefined || this.#endsConnection
  }

  receive(piece: Buffer): void {
    // Given to node:http at once; through the stream's own buffer it would arrive in later turns of the event loop.
    if (!this.isOver) this.#socket.emit('data', piece)
  }

  requests(): SeenRequest[] {
    return this.#socket.messages.map((message) => ({
      method: message.method ?? '',
      target: message.url ?? '',
      version: message.httpVersion,
      fields: message.rawHeaders,
      body: Buffer.concat(message.pieces),
      isComplete: message.complete,
      behind: behind(message),
    }))
  }

  close(): void {
    this.#socket.destroy()
  }

  get #ends(): number {
    const { messages } = this.#socket
    return messages.at(-1)?.complete === false ? messages.length - 1 : messages.length
  }

  /** The last request is complete, and what comes behind it is not for this reader. */
  get #endsConnection(): boolean {
    const last = this.#socket.messages.at(-1)
    return last?.complete === true && behind(last) !== 'read'
  }
}

/**
 * After a request that asks for another protocol llhttp stops, and node:http loses the bytes behind it if nobody wants to upgrade. An
 * upgrade that is not taken up changes nothing of the framing (RFC 9110 §7.8), so nothing can be compared from there on.
 */
function behind({ headers, method, response }: RecordedMessage): SeenRequest['behind'] {
  const isUpgrade = headers.upgrade !== undefined && /upgrade/i.test(headers.connection ?? '')
  if (method === 'CONNECT' || isUpgrade) return 'unknown'
  return response?.shouldKeepAlive === true ? 'read' : 'not-read'
}
