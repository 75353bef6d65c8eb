// What the connections of a server and the server itself know of each other, whatever protocol a connection speaks.

import type { RouteSettings } from '../config/options/routes.ts'
import type { GantryError } from '../errors.ts'
import type { HttpLimits } from '../http/limits.ts'
import type { ProtocolViolation } from '../cgi/protocol-violations.ts'
import type { ViolationCode } from '../http/violation.ts'
import type { OpenSocket } from '../io/take-connections.ts'
import type { AccessKeeper } from '../wsgi/access-record.ts'
import type { Exchange, ExchangeHandler } from '../wsgi/exchange.ts'
import type { SpoolDirectory } from '../spool/spool.ts'
import type { TimerWheel } from './timer-wheel.ts'
import type { ConnectionBounds } from './connection-limits.ts'
import type { HealthEndpoints, PathSpan } from './health.ts'
import type { StaticFiles, StaticReports } from './static/static-files.ts'

export interface GatewayTimes {
  /** For a whole request head, from its first byte (or the connection's start). */
  readonly headTimeoutMs: number
  /** Between two pieces of a body. */
  readonly bodyTimeoutMs: number
  /** Bytes a second that a body must bring; 0: any rate. */
  readonly minBodyRate: number
  /** For an idle connection. */
  readonly idleTimeoutMs: number
  /** For a client that takes nothing of its answer. */
  readonly writeTimeoutMs: number
  /** Bytes a second that a client must take; 0: any rate. */
  readonly minWriteRate: number
}

/** What a connection may bring. */
export interface GatewayBounds extends HttpLimits, ConnectionBounds {
  /** Further requests that may wait behind the one being answered, in bytes; beyond it the client is not read. */
  readonly maxPipelinedBytes: number
  /** 0: any number. */
  readonly maxRequestsPerConnection: number
}

/** How much of an answer may wait for its client. */
export interface AnswerBuffers {
  /** In memory; beyond it on disk. */
  readonly responseBufferBytes: number
  /** On disk; beyond it the application is slowed down. */
  readonly responseSpoolBytes: number
}

/** A request that was not waited for. */
export interface CancelledRequest {
  readonly id: string
  readonly method: string
  readonly target: string
  /** Since it was complete; 0 where it was not yet. */
  readonly ageMs: number
  readonly hasBegun: boolean
}

/** What happens at the gateway, for the log. */
export interface GatewayReports extends StaticReports {
  /** A rule or a limit was broken, and the client refused. `remoteAddress` is empty on a Unix socket, or when the client is gone. */
  refused(code: ViolationCode | ProtocolViolation, remoteAddress: string): void
  /** A limit was reached that refuses nothing: the connection is closed after this request, or not read before it is answered. */
  bounded(limit: 'maxRequestsPerConnection' | 'maxPipelinedBytes', remoteAddress: string): void
  /** A request body could not be kept; the client is answered the error's status. */
  bodyFailed(error: GantryError): void
  /** An answer could not be kept for its slow client, and is cut. */
  answerFailed(exchange: Exchange, error: GantryError): void
  /** A connection could not be taken: out of descriptors, most likely. Who is connected goes on, who is not waits. */
  listenerFailed(error: Error): void
  /** A connection closed before its answer was complete; the request can be named no more when this returns. */
  clientLeft(exchange: Exchange): void
  /** The server ended before the request did: it was answered 503, or cut where its answer had begun. */
  cancelled(request: CancelledRequest): void
  /** A field was dropped because its name holds `_`. Called for each; report each name once. */
  underscoreField(name: string): void
  /** A field that says who the client is was removed, as its sender is not trusted. Called for each; report it once. */
  forwardedFieldRemoved(name: string, remoteAddress: string): void
  /** Undefined when nobody keeps an access log. */
  readonly access: AccessKeeper | undefined
}

/** One way to bring requests in: it makes a connection of each socket that was accepted. */
export interface Gateway {
  connect(open: OpenSocket): ServedConnection
}

/** A connection as its server sees it. */
export interface ServedConnection {
  /** It has a place among those that may be connected; one that is turned away has none. The server's own. */
  isCounted: boolean
  /** It has its place. Called once, first of all, unless it is refused. */
  admitted(): void
  refuse(code: ViolationCode): void
  /** Closes if no request is under way. One that has brought none yet is left alone with `sparesFresh`. */
  closeIfIdle(sparesFresh: boolean): void
  /** Answers what is under way in place of the application, and closes. */
  cancel(): void
  /** Closes at once. */
  destroy(): void
}

/** What connections need of their server. */
export interface ServerContext {
  readonly handler: ExchangeHandler
  /** Undefined where it answers no path by itself. */
  readonly health: HealthEndpoints | undefined
  /** Undefined where it sends no files by itself. */
  readonly staticFiles: StaticFiles | undefined
  readonly bounds: GatewayBounds
  readonly times: GatewayTimes
  readonly buffers: AnswerBuffers
  readonly spool: SpoolDirectory
  readonly reports: GatewayReports
  readonly wheel: TimerWheel
  /** Every answer is the last of its connection. */
  readonly isEnding: boolean
  /** A connection is closed when it has no request. */
  readonly closesIdle: boolean
  /** What trusted proxies say in X-Request-Start counts. */
  readonly readsRequestStart: boolean
  /** Coarse time of day, in milliseconds since 1970. */
  readonly wallClockMs: number
  /** What holds for the requests of a path in place of what holds for all. */
  routeOf(path: PathSpan): RouteSettings | undefined
  /** A request was answered with a status from 400 on, or its client left. */
  countFailure(status: number): void
  nextRequestNumber(): number
  requestId(requestNumber: number): string
  /** Counts a connection by the address of its client; says which limit that would pass, and does not count it then. */
  enterAddress(address: string): ViolationCode | undefined
  leaveAddress(address: string): void
  /** Refuses a connection that is one too many. */
  turnAway(connection: ServedConnection, violation: ViolationCode): void
  closed(connection: ServedConnection): void
}
