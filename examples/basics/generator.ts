// A generator: each block is on its way to the client before the next one is made.

import type { Environ, StartResponse } from 'gantry/wsgi'

/** Numbers the lines of the request's body. */
export async function* application(
  environ: Environ,
  startResponse: StartResponse,
): AsyncGenerator<Uint8Array> {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  let number = 0
  for await (const line of environ['wsgi.input']) {
    number += 1
    yield Buffer.concat([Buffer.from(`${number}: `), line])
  }
}
