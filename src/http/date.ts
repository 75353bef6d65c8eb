// IMF-fixdate, RFC 9110 §5.6.7. Reads no clock: the time comes in.

/** The time as `Sun, 06 Nov 1994 08:49:37 GMT`. */
export function formatHttpDate(timeMs: number): string {
  return new Date(timeMs).toUTCString()
}
