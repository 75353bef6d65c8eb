// `wsgi.input` and `wsgi.errors` under watch.

import type { Environ } from '../wsgi/environ.ts'
import type { RequestWatch } from './request-watch.ts'
import { shown } from './shown-value.ts'

/**
 * Watches the streams of a request. They stay the same objects, as a server knows its own and passes a body on unread; both are made
 * for this one request.
 */
export function watchStreams(environ: Environ, watch: RequestWatch): void {
  // Middleware may have put other things there, which let nothing be done to them.
  try {
    watchInput(environ['wsgi.input'], watch)
    watchErrors(environ['wsgi.errors'], watch)
  } catch {
    return
  }
}

function watchInput(input: Environ['wsgi.input'], watch: RequestWatch): void {
  let underWay = 0
  const watched = <Read>(name: string, read: (size?: number) => Promise<Read>) => {
    return (size?: number): Promise<Read> => {
      if (underWay > 0) watch.found('LINT_INPUT_OVERLAP', `${name}() before the read before it was awaited`)
      underWay++
      const reading = size === undefined ? read() : read(size)
      const over = (): void => {
        underWay--
      }
      Promise.resolve(reading).then(over, over)
      return reading
    }
  }
  // readlines and the iteration go through readline.
  put(input, 'read', watched('read', input.read.bind(input)))
  put(input, 'readline', watched('readline', input.readline.bind(input)))
}

function watchErrors(errors: Environ['wsgi.errors'], watch: RequestWatch): void {
  const write = errors.write.bind(errors)
  put(errors, 'write', (text: string): void => {
    if (typeof (text as unknown) !== 'string') watch.found('LINT_ERRORS_TYPE', shown(text))
    write(text)
  })
}

function put(stream: object, name: string, value: unknown): void {
  Object.defineProperty(stream, name, { value, configurable: true, writable: true })
}
