// PEP 3333's two sides in TypeScript: what an application is, and what it is called with.

import type { Environ } from './environ.ts'
import type { Header } from './header.ts'

/**
 * Sends body data before it returns (PEP 3333, "The write() Callable"). What it returns is there while the client has enough to take: who
 * has much to write waits for it.
 *
 * @throws AssertionError before `startResponse`, or for anything but bytes
 */
export type Write = (data: Uint8Array) => Promise<void> | undefined

/**
 * Takes the status, such as `200 OK`, and the headers of the answer (PEP 3333, "The start_response() Callable"). They are sent with the
 * first body data. `excInfo` is what was caught: it lets headers be replaced that are not sent yet, and is thrown again if they are.
 *
 * @throws AssertionError when called twice without `excInfo`, or with what is no status and headers; RangeError for values that cannot be sent
 */
export type StartResponse = (status: string, headers: Header[], excInfo?: unknown) => Write

/** The blocks of an answer's body. Its `close`, if it has one, is called when the request is over, however it ended. */
export type Blocks = (Iterable<Uint8Array> | AsyncIterable<Uint8Array>) & { close?(): unknown }

/** What an application returns: blocks; null where `write` has sent everything. Bytes that are given out must not be changed any more. */
export type ApplicationResult = Blocks | null

/** PEP 3333's application object, as everything in Gantry calls it; `asApplication` makes one of every other form. */
export type Application = (
  environ: Environ,
  startResponse: StartResponse,
) => ApplicationResult | Promise<ApplicationResult>

/** An application on one side, a server on the other (PEP 3333, "Middleware"): what stands in front of an application. */
export type Middleware = (application: Application) => Application
