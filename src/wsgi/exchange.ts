// The waist between gateways and applications in its cheapest form: one request and the means to answer it. Gateways implement
// it, applications are handed it; neither knows the other.

import type { ServingThread } from './access-record.ts'
import type { RouteSettings } from '../config/options/routes.ts'
import type { Header } from './header.ts'
import type { ResponseHead } from './response-head.ts'

/** A request body: complete, in memory or in a file, or still on its way (`--stream-requests`). */
export type RequestBody = Uint8Array | SpooledBody | StreamedBody

/**
 * Asked of every body before anything else: the maps of such arrays are many (buffers, memory that can be resized), which makes looking for
 * a property in them slow.
 */
export function isInMemory(body: RequestBody): body is Uint8Array {
  return ArrayBuffer.isView(body)
}

/** A complete body in a file, which is there until the request is over. */
export interface SpooledBody {
  /** What a worker is told to open it (protocol/link.md, `spooled`). */
  readonly path: string
  readonly size: number
}

/**
 * A body that is read while it arrives. One that breaks off, because the client leaves or breaks a rule, ends its exchange:
 * `onGone` is called.
 */
export interface StreamedBody {
  /** Set by the application's side: called once when there is something to take after `take` returned undefined. */
  onArrival: (() => void) | undefined
  /**
   * What has arrived, at most `maxBytes`; `end` when all was taken; undefined when nothing is there yet. The first call lets a client that
   * waits for 100 Continue go on.
   */
  take(maxBytes: number): Uint8Array | 'end' | undefined
}

/** An open file whose bytes are an answer's body. Whoever takes it closes it. */
export interface FileBody {
  readonly descriptor: number
  readonly offset: number
  readonly size: number
}

/**
 * `ended`: the client has closed its sending side. Most often it is gone altogether, so a request not started should be dropped;
 * but it may still read, so one that runs goes on. `gone`: nobody reads any more.
 */
export type ClientState = 'here' | 'ended' | 'gone'

export interface Exchange {
  /** Names the request in the log; whoever answers may give it another name. */
  id: string
  readonly method: string
  /** The request target as sent. */
  readonly target: string
  readonly body: RequestBody
  readonly client: ClientState
  /** How long it has waited before it came here, as a trusted proxy says; 0 if left out. */
  readonly waitedMs?: number
  /** What holds for it in place of what holds for all (`--routes`). */
  readonly route?: RouteSettings | undefined
  /** Set by the application's side: called once if the client leaves before the answer is complete. */
  onGone: (() => void) | undefined
  /** Set by the application's side: called when `write` may go on after it returned false. */
  onDrain: (() => void) | undefined

  /**
   * Said by the application's side, for the access log: `thread` begins with the request at `nowMs` on the clock of `performance.now()`, or at
   * once if that is left out; `undefined`: it waits for a thread.
   */
  handedTo?(thread: ServingThread | undefined, nowMs?: number): void

  /** What the application has written to `wsgi.errors`, for gateways that hand it on besides the log. */
  errorOutput?(text: string): void

  /** Strings of the environ that all requests of the connection share, as an environ block (protocol/link.md). */
  readonly sharedEnviron: Uint8Array
  /** No more bytes than this are written by `writeEnviron`. */
  environBytes(): number
  /** Writes the other strings of the environ as an environ block. Returns where it ends. */
  writeEnviron(target: Buffer, start: number): number

  /** Answers with everything at once; the body is `bytes` from `start` to `end`, which is copied. */
  answer(head: ResponseHead, bytes: Uint8Array, start: number, end: number): void
  /** Begins an answer that goes on with `write` or `sendFile` and ends with `end` or `abort`. */
  begin(head: ResponseHead): void
  /** Sends body data, which the exchange keeps. False: enough is under way, wait for `onDrain`. */
  write(data: Uint8Array): boolean
  /** The same with data that may be overwritten when this returns. Left out where `write` of a copy is no worse. */
  writeCopy?(data: Uint8Array): boolean
  /** Sends a file as the rest of the body. `end` may follow at once: it takes effect when the file is sent. */
  sendFile(file: FileBody): void
  end(): void
  /** The answer begun cannot be completed: it is cut so that the client sees it. `code` as for `fail`. */
  abort(code?: string): void
  /** Gives up a request that nobody waits for: the connection is closed without an answer. Only before `answer` or `begin`. */
  drop(): void
  /**
   * Answers with an error page of the server's own. Only before `answer` or `begin`. `code` tells the access log why, where it is not the
   * application's doing; `headers`, which were checked, are added to the page's own.
   */
  fail(status: ErrorStatus, code?: string, headers?: readonly Header[]): void
}

/** The errors that the server answers by itself on behalf of an application. */
export type ErrorStatus = 500 | 502 | 503 | 504 | 507

/** Whatever answers exchanges: the pool of Python workers, a TypeScript application, a middleware before either. */
export interface ExchangeHandler {
  handle(exchange: Exchange): void
}
