// What must compile of `gantry/wsgi`, and what must not. Nothing here runs.

import {
  type Application,
  type ApplicationAnswer,
  type Environ,
  type InputStream,
  type Middleware,
  type StartResponse,
  answerOf,
  asApplication,
  compose,
} from '../../src/wsgi/index.ts'

const BODY = new Uint8Array([0x68, 0x69])
declare const environ: Environ
declare const startResponse: StartResponse
declare const inner: Application
declare const threeArguments: (given: Environ, start: StartResponse, third: string) => Uint8Array[]

// W1: every form of an application.

export const plain: Application = () => [BODY]
export const promised: Application = async () => await Promise.resolve([BODY])
export const nothing: Application = () => null
export function* generator(): Generator<Uint8Array> {
  yield BODY
}
export async function* asyncGenerator(_environ: Environ, start: StartResponse): AsyncGenerator<Uint8Array> {
  await start('200 OK', [])(BODY)
  yield BODY
}
class Blocks {
  readonly path: string
  constructor(given: Environ, start: StartResponse) {
    this.path = given.PATH_INFO
    start('200 OK', [])
  }
  *[Symbol.iterator](): Generator<Uint8Array> {
    yield BODY
  }
  close(): void {
    // As a file would be closed.
  }
}
export const applications: readonly Application[] = [
  generator,
  asyncGenerator,
  asApplication(plain),
  asApplication(generator),
  asApplication(Blocks),
  asApplication({ call: () => [BODY] }),
]

// @ts-expect-error: a string is no iterable of bytes (W5)
export const text: Application = () => 'hi'
// @ts-expect-error: neither is a list of strings (W5)
export const texts: Application = () => ['hi']
// @ts-expect-error: bytes iterate to numbers; [body] was meant (W5)
export const bytes: Application = () => BODY
// @ts-expect-error: nothing at all is no result; null says that write() has sent everything (W4)
export const nothingReturned: Application = () => undefined
// @ts-expect-error: there is no third argument
export const three: Application = threeArguments
// @ts-expect-error: a class is constructed, and so has to be made an application (W1)
export const uncalled: Application = Blocks
// @ts-expect-error: an instance of a class without call() is no application (W1)
export const instance = asApplication(new Date())

// W20, W27, W28: start_response and write.

export const write = startResponse('200 OK', [['Content-Type', 'text/plain']])
export const written: Promise<void> | undefined = write(BODY)
startResponse('500 Internal Server Error', [], new Error('anything that was caught'))
startResponse('500 Internal Server Error', [], 'a string that was thrown')

// @ts-expect-error: the status is a string such as `200 OK` (W27)
startResponse(200, [])
// @ts-expect-error: headers are not optional
startResponse('200 OK')
// @ts-expect-error: headers are a list of pairs, as there may be several of one name (W28)
startResponse('200 OK', { 'Content-Type': 'text/plain' })
// @ts-expect-error: each of them a name and a value (W28)
startResponse('200 OK', [['Content-Type']])
// @ts-expect-error: a value is a string (W28)
startResponse('200 OK', [['Content-Length', 5]])
// @ts-expect-error: only bytes are written (W5)
void write('text')

// W11, W14: environ.

export const method: string = environ.REQUEST_METHOD
export const scheme: string = environ['wsgi.url_scheme']
export const input: InputStream = environ['wsgi.input']
export const header: string | undefined = environ['HTTP_X_ANY_FIELD']
export const signal: AbortSignal | undefined = environ['gantry.request']?.signal
environ['shop.user'] = { name: 'Ada' }
environ.PATH_INFO = '/elsewhere'

// @ts-expect-error: not every request has a type
export const contentType: string = environ.CONTENT_TYPE
// @ts-expect-error: not every request has the field
export const cookie: string = environ['HTTP_COOKIE']
// @ts-expect-error: what middleware has put there has no type of its own
export const user: string = environ['shop.user']
// @ts-expect-error: a body may be on its way, so reading it is waited for
export const body: Uint8Array = environ['wsgi.input'].read()
// @ts-expect-error: strings are strings
environ.PATH_INFO = 404

// W8: middleware.

export const layer: Middleware = (application) => (given, start) =>
  application(given, (status, headers, excInfo) => start(status, [...headers, ['X-Layer', 'one']], excInfo))
export const composed: Application = compose(layer, layer)(Blocks)
export const answered: Promise<ApplicationAnswer> = answerOf(inner, environ)

// @ts-expect-error: middleware makes an application, not an answer
export const noLayer: Middleware = () => [BODY]
// @ts-expect-error: an application is no middleware
compose(inner)
// @ts-expect-error: what asApplication has not made a function cannot be called
void answerOf(Blocks, environ)
// @ts-expect-error: an answer is read, not changed
void answered.then((answer) => (answer.status = 404))
