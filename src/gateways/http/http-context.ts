// What the connections of an HTTP server and the server itself know of each other.

import type { Socket } from 'node:net'
import type { GantryError } from '../../errors.ts'
import type { HttpLimits } from '../../http/limits.ts'
import type { ResponseEncoder } from '../../http/response-encoder.ts'
import type { ViolationCode } from '../../http/violation.ts'
import type { AccessRecord } from '../../wsgi/access-record.ts'
import type { Exchange, ExchangeHandler } from '../../wsgi/exchange.ts'
import type { SpoolDirectory } from '../spool.ts'
import type { ConnectionEnviron } from './connection-environ.ts'

export interface HttpTimes {
  /** For a whole request head, from its first byte (or the connection's start). */
  readonly headTimeoutMs: number
  /** Between two pieces of a body. */
  readonly bodyTimeoutMs: number
  /** For an idle connection. */
  readonly idleTimeoutMs: number
  /** For a client that takes nothing of its answer. */
  readonly writeTimeoutMs: number
}

/** What happens at the gateway, for the log. */
export interface HttpReports {
  /** A rule or a limit was broken, and the client refused. `remoteAddress` is empty on a Unix socket, or when the client is gone. */
  refused(code: ViolationCode, remoteAddress: string): void
  /** A request body could not be kept; the client is answered the error's status. */
  bodyFailed(error: GantryError): void
  /** A connection could not be taken: out of descriptors, most likely. Who is connected goes on, who is not waits. */
  listenerFailed(error: Error): void
  /** A connection closed before its answer was complete; the request can be named no more when this returns. */
  clientLeft(exchange: Exchange): void
  /** A field was dropped because its name holds `_`. Called for each; report each name once. */
  underscoreField(name: string): void
  /** A field that says who the client is was removed, as its sender is not trusted. Called for each; report it once. */
  forwardedFieldRemoved(name: string, remoteAddress: string): void
  /** Called once for each request that is over, refused ones too; undefined when nobody keeps a log. */
  readonly access: ((record: AccessRecord) => void) | undefined
}

/** A connection as its server sees it. */
export interface ServedConnection {
  /** Called a few times a second, with the coarse monotonic time. */
  checkDeadline(nowMs: number): void
  /** Closes as soon as no request is under way. */
  stop(): void
  /** Closes at once. */
  destroy(): void
}

/** What connections need of their server. */
export interface HttpServerContext extends Omit<HttpReports, 'listenerFailed'> {
  readonly handler: ExchangeHandler
  readonly limits: HttpLimits
  readonly times: HttpTimes
  readonly spool: SpoolDirectory
  readonly encoder: ResponseEncoder
  readonly isStopping: boolean
  /** When `forMs` from now will certainly have passed, on the coarse clock that `checkDeadline` is called with. */
  deadlineMs(forMs: number): number
  /** Coarse time of day, in milliseconds since 1970. */
  readonly wallClockMs: number
  connectionEnviron(socket: Socket): ConnectionEnviron
  nextRequestNumber(): number
  requestId(requestNumber: number): string
  closed(connection: ServedConnection): void
}
