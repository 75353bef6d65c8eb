// excInfo: an application that fails after it has called startResponse.

import type { Application, Header, StartResponse } from 'gantry/wsgi'

const TEXT: Header = ['Content-Type', 'text/plain']

/** Fails before anything was sent at /early, after it at /late, and not at all elsewhere. */
export const application: Application = (environ, startResponse) => {
  startResponse('200 OK', [TEXT])
  if (environ.PATH_INFO === '/late') return late(startResponse)
  try {
    return [dividedBy(environ.PATH_INFO === '/early' ? 0 : 2)]
  } catch (error) {
    // Nothing was sent yet: with excInfo the status and the headers are replaced.
    startResponse('500 Internal Server Error', [TEXT], error)
    return [Buffer.from('That cannot be divided.\n')]
  }
}

function* late(startResponse: StartResponse): Generator<Uint8Array> {
  yield Buffer.from('6 / 0 is ')
  try {
    yield dividedBy(0)
  } catch (error) {
    // The headers are gone: startResponse throws the error again, and the answer is cut so that the client sees it.
    startResponse('500 Internal Server Error', [TEXT], error)
    yield Buffer.from('never seen\n')
  }
}

function dividedBy(number: number): Uint8Array {
  // In Python this is an error by itself.
  if (number === 0) throw new RangeError('division by zero')
  return Buffer.from(`6 / ${number} is ${6 / number}\n`)
}
