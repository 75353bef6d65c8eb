// One request of a FastCGI connection.

import type { CgiRequest } from '../../cgi/cgi-request.ts'
import type { ClientSocket } from '../client-socket.ts'
import type { GatewayAnswer } from '../gateway-exchange.ts'
import { keepsHeads } from '../relayed/keeps-heads.ts'
import type { RelayedContext } from '../relayed/relayed-context.ts'
import { RelayedRequest, type RelayOwner } from '../relayed/relayed-request.ts'
import type { ServerContext } from '../server-context.ts'
import { FastcgiAnswer } from './fastcgi-answer.ts'

/** What a request needs of its connection. */
interface RequestOwner {
  readonly client: ClientSocket
  /** It is answered to its end. */
  over(request: FastcgiRequest): void
  /** Its answer has begun and cannot be completed. */
  cut(request: FastcgiRequest): void
}

export class FastcgiRequest implements RelayOwner {
  readonly id: number
  readonly keepsConnection: boolean
  readonly relayed: RelayedRequest
  /** Its last stream has come to its end. */
  isAllHere = false
  readonly #owner: RequestOwner
  readonly #server: ServerContext
  #answer: FastcgiAnswer | undefined

  constructor(
    owner: RequestOwner,
    id: number,
    keepsConnection: boolean,
    server: ServerContext,
    context: RelayedContext,
  ) {
    this.#owner = owner
    this.id = id
    this.keepsConnection = keepsConnection
    this.#server = server
    this.relayed = new RelayedRequest(server, context, this)
  }

  get client(): ClientSocket {
    return this.#owner.client
  }

  answerTo(request: CgiRequest | undefined): GatewayAnswer {
    const isHead = request?.isHead === true
    return (this.#answer ??= new FastcgiAnswer(this.client.socket, this.id, isHead, keepsHeads(this.#server)))
  }

  /** Ends it although its answer is not complete, or was never begun. */
  abandon(): void {
    const answer = this.#answer ?? new FastcgiAnswer(this.client.socket, this.id, false, false)
    answer.abandon(1)
    this.client.wrote()
  }

  finished(): void {
    this.#owner.over(this)
  }

  cut(): void {
    this.#owner.cut(this)
  }

  dropped(): void {
    this.#owner.cut(this)
  }
}
