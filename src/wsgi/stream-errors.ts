// Errors of a stream that nobody wants any more. Unheard, such an event ends the process.

/** From now on `stream`, if it is one of Node's, fails in silence: one whose file cannot be opened does so after it was destroyed. */
export function ignoreErrors(stream: object): void {
  if ('pipe' in stream && 'on' in stream && typeof stream.on === 'function') stream.on('error', () => undefined)
}
