// One request to a FastCGI server, on a connection of its own for as long as it takes.

import type { Socket } from 'node:net'
import { GantryError } from '../../errors.ts'
import { AnswerReader } from '../../fastcgi/answer-reader.ts'
import { PROTOCOL_STATUS } from '../../fastcgi/record-types.ts'
import { requestAbort, requestBody, requestStart } from '../../fastcgi/request-records.ts'
import type { ErrorStream } from '../../wsgi/error-stream.ts'
import { LineTeller } from '../cgi/line-teller.ts'
import type { MetaVariables } from '../cgi/meta-variables.ts'
import { ReadableBlocks } from '../cgi/readable-blocks.ts'
import type { ScriptRun } from '../cgi/script-run.ts'
import type { IdleConnections } from './idle-connections.ts'

/** The only request of its connection. */
const REQUEST_ID = 1
/** Between telling a server that nobody waits for its answer and closing the connection. */
const ABORT_MS = 100
const NOTHING = new Uint8Array(0)

export interface FastcgiConnections {
  /** For messages. */
  readonly name: string
  readonly idle: IdleConnections
  /** Opens a new one. Rejects with a GantryError. */
  connect(): Promise<Socket>
}

export interface FastcgiRequest {
  readonly variables: MetaVariables
  /** Nothing is lost if the server gets it twice, and it has no body that would have to be sent again. */
  readonly isRepeatable: boolean
  readonly errors: ErrorStream
}

export class FastcgiRun implements ScriptRun {
  readonly name: string
  readonly ending = ''
  readonly whenOver: Promise<void>
  readonly #connections: FastcgiConnections
  readonly #request: FastcgiRequest
  readonly #errors: LineTeller
  #socket: Socket
  #blocks: ReadableBlocks
  #reader = new AnswerReader(REQUEST_ID)
  /** The connection had another request before, so that the server may have closed it without a word. */
  #isKept: boolean
  #hasReceived = false
  #isBodySent = false
  #isOver = false
  #abortTimer: NodeJS.Timeout | undefined
  #releaseTimer: NodeJS.Timeout | undefined
  #settle: () => void = () => undefined

  private constructor(
    connections: FastcgiConnections,
    request: FastcgiRequest,
    socket: Socket,
    isKept: boolean,
  ) {
    this.name = connections.name
    this.#connections = connections
    this.#request = request
    this.#errors = new LineTeller(request.errors)
    this.whenOver = new Promise((resolve) => (this.#settle = resolve))
    this.#isKept = isKept
    this.#socket = socket
    this.#blocks = this.#begin(socket)
  }

  /** Begins the request on a kept connection, or on a new one. Rejects with a GantryError. */
  static async start(connections: FastcgiConnections, request: FastcgiRequest): Promise<FastcgiRun> {
    // A request that cannot be repeated gets none that may be closed just now.
    const kept = request.isRepeatable ? connections.idle.take() : undefined
    return new FastcgiRun(connections, request, kept ?? (await connections.connect()), kept !== undefined)
  }

  write(block: Uint8Array): Promise<boolean> {
    const socket = this.#socket
    if (this.#isOver || socket.destroyed || socket.writableEnded) return Promise.resolve(false)
    return new Promise((resolve) =>
      socket.write(requestBody(REQUEST_ID, block), (error) => resolve(!error && !this.#isOver)),
    )
  }

  endBody(): void {
    this.#isBodySent = true
    if (!this.#isOver && this.#socket.writable) this.#socket.write(requestBody(REQUEST_ID, NOTHING))
  }

  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const reader = this.#reader
      const event = reader.next()
      const { bytes, start, end } = reader
      switch (event) {
        case 'stdout':
          return bytes.subarray(start, end)
        case 'stderr':
          this.#errors.tell(bytes.subarray(start, end))
          break
        case 'end':
          this.#complete()
          return undefined
        case 'violation':
          throw this.#broken(`broke the protocol: ${reader.problem}`)
        case 'need-data':
          await this.#receive()
      }
    }
  }

  ended(): Promise<void> {
    return Promise.resolve()
  }

  abort(reason: Error): void {
    if (this.#isOver || this.#abortTimer !== undefined) return
    this.#blocks.fail(reason)
    this.#blocks.discard()
    // A server that reads it may end what runs; one that does not notices that the connection is closed.
    this.#socket.end(requestAbort(REQUEST_ID))
    this.#socket.once('close', () => this.#close())
    this.#abortTimer = setTimeout(() => this.#close(), ABORT_MS)
  }

  release(limitMs: number): void {
    if (this.#isOver || this.#abortTimer !== undefined || this.#releaseTimer !== undefined) return
    const tooLong = new GantryError('GANTRY_UPSTREAM_TIMEOUT', { upstream: this.name, limitMs })
    this.#releaseTimer = setTimeout(() => this.abort(tooLong), limitMs)
    void this.#drain()
  }

  /** Sends what begins the request. */
  #begin(socket: Socket): ReadableBlocks {
    const pairs = Object.entries(this.#request.variables)
    const blocks = new ReadableBlocks(socket)
    socket.write(requestStart(REQUEST_ID, pairs, this.#connections.idle.areKept))
    return blocks
  }

  async #receive(): Promise<void> {
    const block = await this.#nextBlock()
    if (block !== undefined) {
      this.#hasReceived = true
      this.#reader.receive(block)
    } else if (this.#isKept && !this.#hasReceived) {
      await this.#again()
    } else {
      throw this.#broken('closed the connection before its answer was complete')
    }
  }

  /** Undefined where the connection is closed, whatever it failed of. */
  async #nextBlock(): Promise<Buffer | undefined> {
    try {
      return await this.#blocks.next()
    } catch (error) {
      if (this.#abortTimer !== undefined || this.#isOver) throw error
      return undefined
    }
  }

  /** On a new connection, as the server has closed the kept one before it had seen the request. */
  async #again(): Promise<void> {
    this.#isKept = false
    this.#blocks.leave()
    this.#socket.on('error', () => undefined).destroy()
    let socket: Socket
    try {
      socket = await this.#connections.connect()
    } catch (error) {
      this.#close()
      throw error
    }
    // Nobody may be waiting any more: whoever asks the old blocks is told why.
    if (this.#isOver || this.#abortTimer !== undefined) {
      socket.on('error', () => undefined).destroy()
      return
    }
    this.#socket = socket
    this.#blocks = this.#begin(socket)
    if (this.#isBodySent) this.endBody()
  }

  #complete(): void {
    const { protocolStatus, applicationStatus, hasMore } = this.#reader
    const isReusable = this.#isBodySent && !hasMore && this.#socket.readableLength === 0
    if (isReusable) this.#over(() => this.#connections.idle.give(this.#socket))
    else this.#close()
    switch (protocolStatus) {
      case PROTOCOL_STATUS.requestComplete:
        if (applicationStatus !== 0)
          this.#request.errors.write(`${this.name} ended with exit status ${applicationStatus}\n`)
        return
      case PROTOCOL_STATUS.overloaded:
      case PROTOCOL_STATUS.cantMultiplex: {
        const reason = 'it has too many already'
        throw new GantryError('GANTRY_UPSTREAM_OVERLOADED', { upstream: this.name, reason })
      }
      default:
        throw this.#broken('is no responder')
    }
  }

  #broken(problem: string): GantryError {
    this.#close()
    return new GantryError('GANTRY_UPSTREAM_ANSWER_BAD', { upstream: this.name, problem })
  }

  async #drain(): Promise<void> {
    try {
      while ((await this.next()) !== undefined);
    } catch {
      // Nobody waits for what it could have been.
    }
  }

  #close(): void {
    this.#over(() => this.#socket.on('error', () => undefined).destroy())
  }

  #over(leaveConnection: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#abortTimer)
    clearTimeout(this.#releaseTimer)
    this.#errors.end()
    this.#blocks.leave()
    leaveConnection()
    this.#settle()
  }
}
