// The head of an answer, checked and encoded by whoever ran the application. A gateway copies it out; it need not look at the strings.

export interface ResponseHead {
  /** Final status, 200 to 999. */
  readonly status: number
  /** The application gave a Date field, so that the server adds none. */
  readonly hasDate: boolean
  /** The application gave a Server field, so that the server adds none. */
  readonly hasServer: boolean
  /** Value of the Content-Length field in the block; -1 without one. */
  readonly contentLength: number
  /** Holds the block: reason phrase, then names and values in turn, each ended by NUL (protocol/link.md). */
  readonly bytes: Uint8Array
  readonly blockStart: number
  readonly blockEnd: number
}
