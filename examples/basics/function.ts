// The simplest form of an application: a function.

import type { Application } from 'gantry/wsgi'

const HELLO_WORLD = Buffer.from('Hello world!\n')

export const application: Application = (environ, startResponse) => {
  startResponse('200 OK', [['Content-Type', 'text/plain']])
  return [HELLO_WORLD]
}
