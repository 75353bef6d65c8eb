// The application of bench/applications/app.py in JavaScript, as far as these cases ask for it.

const ANSWERS = new Map([
  ['/1k', Buffer.alloc(1024, 'x')],
  ['/10k', Buffer.alloc(10 * 1024, 'x')],
])

export function application(environ, startResponse) {
  const body = ANSWERS.get(environ.PATH_INFO)
  if (body === undefined) {
    startResponse('404 Not Found', [['Content-Length', '0']])
    return []
  }
  startResponse('200 OK', [
    ['Content-Type', 'text/plain'],
    ['Content-Length', String(body.length)],
  ])
  return [body]
}
