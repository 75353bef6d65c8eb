// write() together with a returned iterable: what was written comes first, and one Content-Length counts both.

import type { Application } from 'gantry/wsgi'

export const application: Application = async (environ, startResponse) => {
  const write = startResponse('200 OK', [
    ['Content-Type', 'text/plain'],
    ['Content-Length', '12'],
  ])
  await write(Buffer.from('Hello '))
  return [Buffer.from('World!')]
}
