// A connection that brings one request, head and body, and ends with its answer: that of SCGI and of uwsgi.

import type { CgiRequest } from '../../cgi/cgi-request.ts'
import type { ProtocolViolation } from '../../cgi/protocol-violations.ts'
import type { HeadForm } from '../../cgi/response-head.ts'
import type { ViolationCode } from '../../http/violation.ts'
import type { OpenSocket } from '../../io/take-connections.ts'
import { ClientSocket, type SocketOwner } from '../client-socket.ts'
import { Deadline } from '../deadline.ts'
import type { GatewayAnswer } from '../gateway-exchange.ts'
import { keep, kept } from '../input-slab.ts'
import type { ServedConnection, ServerContext } from '../server-context.ts'
import { ClosingAnswer } from './closing-answer.ts'
import { keepsHeads } from './keeps-heads.ts'
import type { RelayedContext } from './relayed-context.ts'
import { RelayedRequest, type RelayOwner } from './relayed-request.ts'

/** Finds the variables of a request in what is received, by the rules of its protocol. */
export interface HeadReader {
  /** Names and values in turn. */
  readonly pairs: readonly string[]
  readonly violation: ProtocolViolation | undefined
  readonly hasBegun: boolean
  /** What follows the head. */
  readonly rest: Buffer
  receive(bytes: Buffer, start: number, end: number): void
  next(): 'need-data' | 'head' | 'head-too-long' | 'violation'
}

/** What a protocol has of its own. */
export interface SingleRequestProtocol {
  readHead(maxHeadBytes: number): HeadReader
  /** The variables of a request, of what stands in its head. */
  variables(pairs: readonly string[]): readonly string[]
  /** Undefined where there is no request yet. */
  headForm(request: CgiRequest | undefined): HeadForm
}

export class SingleRequestConnection implements ServedConnection, SocketOwner, RelayOwner {
  isCounted = false
  readonly client: ClientSocket
  readonly #server: ServerContext
  readonly #protocol: SingleRequestProtocol
  readonly #reader: HeadReader
  readonly #request: RelayedRequest
  /** For the head. */
  readonly #deadline: Deadline

  constructor(
    open: OpenSocket,
    server: ServerContext,
    context: RelayedContext,
    protocol: SingleRequestProtocol,
  ) {
    this.client = new ClientSocket(open, server, this)
    this.#server = server
    this.#protocol = protocol
    this.#reader = protocol.readHead(server.bounds.maxHeadBytes)
    this.#request = new RelayedRequest(server, context, this)
    this.#deadline = new Deadline(server.wheel, () => this.#expired())
    this.#deadline.start(server.times.headTimeoutMs)
  }

  admitted(): void {
    // All of them come from the same few web servers: they are not counted by address.
  }

  refuse(code: ViolationCode): void {
    this.#deadline.end()
    this.#request.refuse(code)
  }

  closeIfIdle(sparesFresh: boolean): void {
    if (!this.#reader.hasBegun && this.#request.isInHead && !sparesFresh) this.client.close()
  }

  cancel(): void {
    if (this.#request.isInHead) this.client.close()
    else this.#request.cancel()
  }

  destroy(): void {
    this.client.destroy()
  }

  answerTo(request: CgiRequest | undefined): GatewayAnswer {
    const form = this.#protocol.headForm(request)
    return new ClosingAnswer(this.client.socket, form, request?.isHead === true, keepsHeads(this.#server))
  }

  finished(): void {
    if (this.#request.isAllHere) this.client.closeDone()
    else this.client.close()
  }

  cut(): void {
    // What ends by closing looks whole unless it is reset.
    this.client.reset()
  }

  dropped(): void {
    this.client.socket.destroy()
  }

  received(bytes: Buffer, length: number): void {
    keep(bytes, 0, length)
    if (!this.#request.isInHead) {
      this.#request.take(kept.bytes.subarray(kept.start, kept.end))
      return
    }
    this.#reader.receive(kept.bytes, kept.start, kept.end)
    this.#readHead()
  }

  ended(): void {
    this.#deadline.stop()
    if (this.#request.isInHead && !this.#reader.hasBegun) this.client.close()
    else this.#request.clientEnded()
  }

  notTaken(code: ViolationCode): void {
    this.#server.reports.refused(code, this.client.socket.remote?.address ?? '')
    this.#request.gone(code)
  }

  closed(): void {
    this.#deadline.end()
    this.#request.gone()
    this.#server.closed(this)
  }

  #readHead(): void {
    switch (this.#reader.next()) {
      case 'need-data':
        return
      case 'head-too-long':
        this.refuse('HEAD_TOO_LONG')
        return
      case 'violation':
        this.#violate()
        return
      case 'head':
        this.#deadline.end()
        this.#request.begin(this.#protocol.variables(this.#reader.pairs), true)
        if (this.#reader.rest.length > 0) this.#request.take(this.#reader.rest)
    }
  }

  /** Whatever it is, it is no request: there is nothing to be answered. */
  #violate(): void {
    const { violation } = this.#reader
    const remoteAddress = this.client.socket.remote?.address ?? ''
    if (violation !== undefined) this.#server.reports.refused(violation, remoteAddress)
    this.client.close()
  }

  #expired(): void {
    if (this.#reader.hasBegun) this.refuse('HEAD_TIMEOUT')
    else this.client.close()
  }
}
