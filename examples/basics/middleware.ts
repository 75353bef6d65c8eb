// Three layers in front of an application: one changes the environ, one the status, one the body.

import { type Application, type Middleware, answerOf, compose } from 'gantry/wsgi'

const GREETINGS = new Map<unknown, string>([
  ['en', 'Hello\n'],
  ['fr', 'Bonjour\n'],
])

/** The application: says hello in the language that a layer has put into the environ. */
const greeter: Application = (environ, startResponse) => {
  const greeting = GREETINGS.get(environ['example.language'])
  if (greeting === undefined) {
    startResponse('404 Not Found', [['Content-Type', 'text/plain']])
    return [Buffer.from('I do not speak that\n')]
  }
  startResponse('200 OK', [
    ['Content-Type', 'text/plain'],
    ['Content-Length', String(greeting.length)],
  ])
  return [Buffer.from(greeting)]
}

/** Changes the environ: takes the path for a language. */
const language: Middleware = (application) =>
  function languageLayer(environ, startResponse) {
    environ['example.language'] = environ.PATH_INFO.slice(1) || 'en'
    return application(environ, startResponse)
  }

/** Changes the status: what is not found is gone for good. Only startResponse is wrapped, the body passes as it is. */
const gone: Middleware = (application) =>
  function goneLayer(environ, startResponse) {
    return application(environ, (status, headers, excInfo) =>
      startResponse(status.startsWith('404 ') ? '410 Gone' : status, headers, excInfo),
    )
  }

/** Changes the body: adds a line to it, so that a Content-Length would no longer be true. */
const signature: Middleware = (application) =>
  async function signatureLayer(environ, startResponse) {
    const { status, reason, headers, body } = await answerOf(application, environ)
    startResponse(
      `${status} ${reason}`,
      headers.filter(([name]) => name.toLowerCase() !== 'content-length'),
    )
    return signed(body)
  }

// A loop that is left before its end closes what it loops over: `yield*` and `for await` hand close() on by themselves.
async function* signed(blocks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* blocks
  yield Buffer.from('-- the greeter\n')
}

export const application = compose(signature, gone, language)(greeter)
