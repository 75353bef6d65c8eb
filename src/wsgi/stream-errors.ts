// Errors of a stream that nobody wants any more. Unheard, such an event ends the process.

/** A stream of Node's, as far as it is needed here. */
interface Emitter {
  on(event: 'error', listener: () => void): unknown
}

/** From now on `stream`, if it is one of Node's, fails in silence: one whose file cannot be opened does so after it was destroyed. */
export function ignoreErrors(stream: object): void {
  if (isNodeStream(stream)) stream.on('error', () => undefined)
}

function isNodeStream(stream: object): stream is Emitter {
  return 'pipe' in stream && 'on' in stream && typeof stream.on === 'function'
}
