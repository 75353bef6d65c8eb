// What a request may cost before it is refused. Each limit answers a definite status; the names are those of the options.

export interface HttpLimits {
  /** Request line without its CRLF; beyond it 414. */
  readonly maxRequestLineBytes: number
  /** One field line without its CRLF; beyond it 431. */
  readonly maxHeaderBytes: number
  /** Request line and all field lines, or all trailer lines; beyond it 431. */
  readonly maxHeadBytes: number
  /** Number of field lines, and of trailer lines; beyond it 431. */
  readonly maxHeaders: number
  /** Decoded request body; beyond it 413. */
  readonly maxBodyBytes: number
}
