// What the access log says of one request, whichever way it ended. Made only when somebody keeps such a log.

/** Status of a request whose client left before it was answered; nginx has made it a habit, no RFC knows it. */
export const CLIENT_LEFT = 499

/** A thread that runs an application for requests, one at a time. */
export interface ServingThread {
  /** Counted from 1; 0 for the server's own process, in which TypeScript runs. */
  readonly worker: number
  readonly pid: number
  /** Counted from 0 within its worker. */
  readonly thread: number
}

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
  /** `HTTP/1.1`. */
  readonly protocol: string
  readonly status: number
  /** Bytes of the answer's body that were handed to the system. */
  readonly bodyBytes: number
  /** From the complete head to the end of the answer. */
  readonly durationMs: number
  /** Of it, until a thread was free for the request. */
  readonly queueMs: number
  /** Of it, until the application had given all of its answer. */
  readonly applicationMs: number
  /** Of it, until the system had taken what the client was too slow for. */
  readonly transferMs: number
  /** Who ran the application for it; undefined where nobody did. */
  readonly servedBy: ServingThread | undefined
  readonly referer: string
  readonly userAgent: string
  /** Why the server answered by itself, or cut the answer: the code of a rule that the client broke, or of an error. */
  readonly code: string | undefined
  /** What the log wants besides, in the order of its wishes; undefined for what the request did not have. */
  readonly details: readonly (string | undefined)[]
}

/** Something of a request that not every log tells: a header field of it or of its answer, in lower case, or a variable of its environ. */
export interface WantedDetail {
  readonly of: 'request' | 'response' | 'environ'
  readonly name: string
}

/** Who keeps an access log, as gateways see it. */
export interface AccessKeeper {
  readonly wants: readonly WantedDetail[]
  /** Called once for each request that is over, refused ones too. */
  readonly record: (record: AccessRecord) => void
}

export const NO_DETAILS: readonly (string | undefined)[] = []
