// IMF-fixdate, RFC 9110 §5.6.7, made once a second at the most. Reads no clock: the time comes in.

let cachedSecond = -1
let cachedText = ''

/** The time as `Sun, 06 Nov 1994 08:49:37 GMT`. */
export function formatHttpDate(timeMs: number): string {
  const second = Math.floor(timeMs / 1000)
  if (second !== cachedSecond) {
    cachedSecond = second
    cachedText = new Date(second * 1000).toUTCString()
  }
  return cachedText
}
