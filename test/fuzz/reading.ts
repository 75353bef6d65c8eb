// What a reader makes of the bytes of one connection, in terms that two readers can be compared in.

/** One request of which a reader has seen the whole head. */
export interface SeenRequest {
  readonly method: string
  readonly target: string
  /** `1.1` */
  readonly version: string
  /** Name, value, name, value … as received. */
  readonly fields: readonly string[]
  /** What has come of the body, without its framing. */
  readonly body: Buffer
  readonly isComplete: boolean
  /** What the reader does with bytes behind it; `unknown` where that says nothing about framing. */
  readonly behind: 'read' | 'not-read' | 'unknown'
}

export interface Refusal {
  /** Which request of the connection, from 0. */
  readonly request: number
  readonly code: string
}

/** How far a reader has come; two that agree come equally far with each piece of the bytes. */
export interface Progress {
  readonly heads: number
  readonly ends: number
  readonly bodyBytes: number
}

export interface RequestReader {
  readonly progress: Progress
  readonly refusal: Refusal | undefined
  /** Takes nothing more: it has refused, or the last request asked for the end of the connection. */
  readonly isOver: boolean
  receive(piece: Buffer): void
  requests(): SeenRequest[]
}
