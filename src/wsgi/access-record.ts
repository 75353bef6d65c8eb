// What the access log says of one request, whichever way it ended. Made only when somebody keeps such a log.

/** Status of a request whose client left before it was answered; nginx has made it a habit, no RFC knows it. */
export const CLIENT_LEFT = 499

/** One request, when it was over. */
export interface AccessRecord {
  /** When the request was over, in milliseconds since 1970. */
  readonly timeMs: number
  readonly id: string
  /** The client, as trusted proxies name it; empty on a Unix socket, or when it was gone before anybody asked. */
  readonly remoteAddress: string
  /** Empty where no request line was read. */
  readonly method: string
  /** As sent. */
  readonly target: string
  readonly minorVersion: number
  readonly status: number
  /** Bytes of the answer's body that were handed to the system. */
  readonly bodyBytes: number
  /** From the complete head to the end of the answer. */
  readonly durationMs: number
  readonly referer: string
  readonly userAgent: string
  /** Why the server answered by itself, or cut the answer: the code of a rule that the client broke, or of an error. */
  readonly code: string | undefined
}
