// Connections that have been answered once and then only stay.
import { once } from 'node:events'

import type { Behaviour } from './population.ts'

const REQUEST = 'GET / HTTP/1.1\r\nHost: idle.test\r\n\r\n'

export const idleClients: Behaviour = async function stayIdle(socket) {
  socket.write(REQUEST)
  await Promise.race([once(socket, 'data'), once(socket, 'close')]).catch(() => undefined)
}
