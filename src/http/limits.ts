// What a request may cost before it is refused. Each limit answers a definite status; the names are those of the options.

export interface HttpLimits {
  /** Request line without its CRLF; beyond it 414. */
  readonly maxRequestLineBytes: number
  /** One field line without its CRLF; beyond it 431. */
  readonly maxHeaderBytes: number
  /** Request line and all field lines; beyond it 431. */
  readonly maxHeadBytes: number
  /** Number of field lines, and of trailer lines; beyond it 431. */
  readonly maxHeaders: number
  /** All trailer lines of a body; beyond it 431. */
  readonly maxTrailerBytes: number
  /** The extensions of all chunks of a body; beyond it 400. */
  readonly maxChunkExtensionBytes: number
  /** Decoded request body; beyond it 413. */
  readonly maxBodyBytes: number
}
