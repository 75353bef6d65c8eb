// What Gantry needs of the socket of a connection that it accepted: far less than Node's `Socket` has, and what a `Socket` does not tell.

/** What a socket tells. None of it is told from within `open`, nor from within a call of the socket's. */
export interface SocketListener {
  /** Takes `bytes` from 0 to `length`, which are overwritten as soon as it returns. */
  received(bytes: Buffer, length: number): void
  /** The other side has sent its last byte; it may still read (a half-closed connection). */
  ended(): void
  /** The last that is told, whoever closed it and why. */
  closed(): void
}

/** An end of the connection: an IP address and its port. */
export interface SocketEnd {
  readonly address: string
  readonly port: number
}

export interface ConnectionSocket {
  /** False from the moment it is closed for good: what is written is dropped then. */
  readonly isOpen: boolean
  /** `end` was called, or it is closed. */
  readonly isEnded: boolean
  /** Bytes that were written and that the system has not taken yet. */
  readonly unsentBytes: number
  /** Bytes that the system has taken. */
  readonly sentBytes: number
  /** Of the other side; undefined on a Unix socket, and where that side was gone before anybody asked. */
  readonly remote: SocketEnd | undefined
  /** Of this side; undefined on a Unix socket. */
  readonly local: SocketEnd | undefined
  /** `data` stays as it is until it is sent. */
  write(data: Uint8Array): void
  /** The same for several pieces, which go together. */
  writeAll(pieces: readonly Uint8Array[]): void
  /** Calls `act` when all that was written so far is sent or lost. Only while some of it is unsent. */
  whenSent(act: () => void): void
  /** Reads nothing more until `resume`. */
  pause(): void
  resume(): void
  /** Sends what was written, then says that nothing more comes. Closed for good when the other side has said so too. */
  end(): void
  /** Closes for good, at once. What was not sent may be lost. */
  destroy(): void
  /** The same, and lets the system forget what it has not delivered: the other side sees a reset (but on a Unix socket). */
  reset(): void
  /** Has the system ask every `afterMs` without any traffic whether the other side is still there. */
  probe(afterMs: number): void
}
