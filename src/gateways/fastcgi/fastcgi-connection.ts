// One connection of a web server that speaks FastCGI: its requests, which may be several at a time, and what it asks of the responder itself.

import { answerGetValues } from '../../fastcgi/management.ts'
import { pairStrings } from '../../fastcgi/name-values.ts'
import { HEADER_BYTES, PROTOCOL_STATUS, type ProtocolStatus, ROLE } from '../../fastcgi/record-types.ts'
import { FIXED_CONTENT_BYTES, unknownType, writeEndRequest } from '../../fastcgi/record-writer.ts'
import { ResponderReader } from '../../fastcgi/responder-reader.ts'
import type { FastcgiViolation } from '../../fastcgi/violation.ts'
import type { ViolationCode } from '../../http/violation.ts'
import type { OpenSocket } from '../../io/take-connections.ts'
import { ClientSocket, type SocketOwner } from '../client-socket.ts'
import { Deadline } from '../deadline.ts'
import { keep, kept } from '../input-slab.ts'
import type { RelayedContext } from '../relayed/relayed-context.ts'
import type { ServedConnection, ServerContext } from '../server-context.ts'
import { FastcgiRequest } from './fastcgi-request.ts'

// What a connection may have under way at a time. Each request holds its variables, and an answer in the making.
const MOST_REQUESTS = 1_024

export class FastcgiConnection implements ServedConnection, SocketOwner {
  isCounted = false
  readonly client: ClientSocket
  readonly #server: ServerContext
  readonly #context: RelayedContext
  readonly #reader: ResponderReader
  readonly #requests = new Map<number, FastcgiRequest>()
  /** For heads, and between requests. */
  readonly #deadline: Deadline
  /** It is closed when nothing is under way. */
  #isLast = false
  #served = 0

  constructor(open: OpenSocket, server: ServerContext, context: RelayedContext) {
    this.client = new ClientSocket(open, server, this)
    this.#server = server
    this.#context = context
    this.#reader = new ResponderReader(server.bounds.maxHeadBytes)
    this.#deadline = new Deadline(server.wheel, () => this.#expired())
    this.#deadline.start(server.times.headTimeoutMs)
    // Each of its requests waits for room by itself.
  }

  admitted(): void {
    // All of them come from the same few web servers: they are not counted by address.
  }

  /** There is no request yet that could be answered. */
  refuse(code: ViolationCode): void {
    this.#server.reports.refused(code, this.#peerAddress)
    this.client.close()
  }

  /** What it sends cannot be read on. */
  violate(code: FastcgiViolation): void {
    if (this.client.isClosing) return
    this.#server.reports.refused(code, this.#peerAddress)
    for (const { relayed } of this.#requests.values()) relayed.gone(code)
    this.#requests.clear()
    this.client.close()
  }

  closeIfIdle(sparesFresh: boolean): void {
    const isFresh = this.#served === 0
    if (this.#requests.size === 0 && !this.#reader.isInRecord && !(isFresh && sparesFresh))
      this.client.close()
  }

  cancel(): void {
    this.#isLast = true
    for (const { relayed } of [...this.#requests.values()]) relayed.cancel()
    if (this.#requests.size === 0) this.client.close()
  }

  destroy(): void {
    this.client.destroy()
  }

  received(bytes: Buffer, length: number): void {
    keep(bytes, 0, length)
    this.#reader.receive(kept.bytes, kept.start, kept.end)
    while (!this.client.isClosing && this.#takeEvent());
  }

  ended(): void {
    for (const { relayed } of [...this.#requests.values()]) relayed.clientEnded()
    this.#isLast = true
    this.#closeIfDone()
  }

  notTaken(code: ViolationCode): void {
    this.#server.reports.refused(code, this.#peerAddress)
    for (const { relayed } of this.#requests.values()) relayed.gone(code)
    this.#requests.clear()
  }

  closed(): void {
    this.#deadline.end()
    for (const { relayed } of this.#requests.values()) relayed.gone()
    this.#requests.clear()
    this.#server.closed(this)
  }

  /** A request is answered to its end. */
  over(request: FastcgiRequest): void {
    this.#forget(request.id)
    if (!request.keepsConnection) this.#isLast = true
    if (this.#isLast && this.#requests.size === 0 && request.isAllHere) this.client.closeDone()
    else this.#closeIfDone()
  }

  /** The answer to a request is cut. Only an end of the connection shows that to every web server. */
  cut(request: FastcgiRequest): void {
    this.#forget(request.id)
    if (this.#requests.size === 0) {
      this.client.close()
      return
    }
    request.abandon()
    this.#closeIfDone()
  }

  /** Acts on one event. False: nothing more to do for now. */
  #takeEvent(): boolean {
    const reader = this.#reader
    switch (reader.next()) {
      case 'need-data':
        return false
      case 'violation':
        this.violate(reader.violation ?? 'FASTCGI_BODY_MALFORMED')
        return false
      case 'begin':
        this.#begin()
        return true
      case 'params':
        this.#takeParams()
        return true
      case 'params-too-long':
        this.#current?.relayed.refuse('HEAD_TOO_LONG')
        return true
      case 'stdin':
        this.#current?.relayed.take(reader.bytes.subarray(reader.start, reader.end))
        return true
      case 'stdin-end':
        this.#endBody()
        return true
      case 'abort':
        this.#abort()
        return true
      case 'get-values':
        this.#answerValues()
        return true
      case 'unknown-type':
        this.#write(unknownType(reader.type))
        return true
    }
  }

  get #current(): FastcgiRequest | undefined {
    return this.#requests.get(this.#reader.requestId)
  }

  get #peerAddress(): string {
    return this.client.socket.remote?.address ?? ''
  }

  #begin(): void {
    const { requestId, role, keepsConnection } = this.#reader
    if (role !== ROLE.responder) this.#turnAway(PROTOCOL_STATUS.unknownRole)
    else if (this.#requests.size === MOST_REQUESTS) this.#turnAway(PROTOCOL_STATUS.overloaded)
    else {
      this.#requests.set(
        requestId,
        new FastcgiRequest(this, requestId, keepsConnection, this.#server, this.#context),
      )
      this.#deadline.start(this.#server.times.headTimeoutMs)
    }
  }

  #turnAway(status: ProtocolStatus): void {
    const { requestId, keepsConnection } = this.#reader
    const end = Buffer.allocUnsafe(HEADER_BYTES + FIXED_CONTENT_BYTES)
    writeEndRequest(end, 0, requestId, status, 0)
    this.#write(end)
    this.#reader.forget(requestId)
    if (!keepsConnection) this.#isLast = true
    this.#closeIfDone()
  }

  #takeParams(): void {
    const { bytes, start, end } = this.#reader
    const request = this.#current
    const pairs = pairStrings(bytes, start, end)
    if (pairs === undefined) {
      this.violate('FASTCGI_PAIR_CUT')
      return
    }
    request?.relayed.begin(pairs, false)
    if (![...this.#requests.values()].some(({ relayed }) => relayed.isInHead)) this.#deadline.stop()
    this.#closeIfDone()
  }

  #endBody(): void {
    const request = this.#current
    if (request === undefined) return
    request.isAllHere = true
    request.relayed.endBody()
  }

  /** §5.4: the web server's client has left. What is answered then interests nobody, but that it is over. */
  #abort(): void {
    const request = this.#current
    if (request === undefined) return
    request.relayed.gone()
    this.#forget(request.id)
    request.abandon()
    if (!request.keepsConnection) this.#isLast = true
    this.#closeIfDone()
  }

  #answerValues(): void {
    const { bytes, start, end } = this.#reader
    const { maxConnections } = this.#server.bounds
    const answer = answerGetValues(bytes, start, end, {
      FCGI_MAX_CONNS: String(maxConnections),
      FCGI_MAX_REQS: String(maxConnections * MOST_REQUESTS),
      FCGI_MPXS_CONNS: '1',
    })
    if (answer === undefined) this.violate('FASTCGI_PAIR_CUT')
    else this.#write(answer)
  }

  #write(bytes: Buffer): void {
    this.client.socket.write(bytes)
    this.client.wrote()
  }

  #forget(requestId: number): void {
    this.#served++
    this.#requests.delete(requestId)
    this.#reader.forget(requestId)
  }

  /** Goes on to the next request, or closes. */
  #closeIfDone(): void {
    if (this.#requests.size > 0 || this.client.isClosing) return
    const { bounds, isEnding } = this.#server
    const isLast = this.#isLast || isEnding || this.#served === bounds.maxRequestsPerConnection
    if (isLast) this.client.close()
    else this.#deadline.start(this.#server.times.idleTimeoutMs)
  }

  #expired(): void {
    const inHead = [...this.#requests.values()].filter(({ relayed }) => relayed.isInHead)
    for (const { relayed } of inHead) relayed.refuse('HEAD_TIMEOUT')
    if (this.#requests.size === 0) this.client.close()
  }
}
