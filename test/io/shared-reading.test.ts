import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { takeConnections } from '../../src/io/shared-reading.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 5_000
const servers: Server[] = []

afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

interface Listening {
  readonly server: Server
  readonly port: number
}

async function listen(): Promise<Listening> {
  const server = createServer({ allowHalfOpen: true })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

/** As a Node version would look whose handles cannot be taken. */
async function listenWithoutHandle(): Promise<Listening> {
  const listening = await listen()
  const { _handle: handle } = listening.server as unknown as { readonly _handle: object }
  let isRead = false
  // Hidden from the first look, which is that of `takeConnections`; Node itself goes on with it.
  Object.defineProperty(listening.server, '_handle', {
    configurable: true,
    get: () => (isRead ? handle : ((isRead = true), undefined)),
    set: (value) => Object.defineProperty(listening.server, '_handle', { value, writable: true }),
  })
  return listening
}

interface Received {
  /** What each connection has received so far. */
  readonly texts: string[]
  readonly sockets: Socket[]
  /** Connections whose client has closed its sending side. */
  ended: number
}

function receivedBy({ server }: Listening): Received {
  const received: Received = { texts: [], sockets: [], ended: 0 }
  takeConnections(server, (open) => {
    const index = received.texts.push('') - 1
    const socket = open((bytes, length) => {
      received.texts[index] = `${received.texts[index] ?? ''}${bytes.toString('latin1', 0, length)}`
    })
    socket.on('end', () => received.ended++)
    received.sockets.push(socket)
  })
  return received
}

function connectTo({ port }: Listening): Socket {
  return connect(port, '127.0.0.1')
}

describe.each([
  ['from their handles', listen],
  ['by their events, where handles cannot be taken', listenWithoutHandle],
])('connections read %s', (_name, start) => {
  test('deliver what each client sends, and take answers', async () => {
    const listening = await start()
    const { texts, sockets } = receivedBy(listening)
    const clients = [connectTo(listening), connectTo(listening)]
    clients[0]!.write('one')
    await until(
      () => texts.includes('one'),
      DEADLINE_MS,
      () => 'the first client was not heard',
    )
    clients[1]!.write('two')
    await until(
      () => texts.includes('two'),
      DEADLINE_MS,
      () => 'the second client was not heard',
    )
    sockets[texts.indexOf('two')]!.end('answer')
    const [answer] = (await once(clients[1]!, 'data')) as [Buffer]
    expect(answer.toString()).toBe('answer')
    for (const socket of [...clients, ...sockets]) socket.destroy()
  })

  test('stop being read while they are paused', async () => {
    const listening = await start()
    const { texts, sockets } = receivedBy(listening)
    const client = connectTo(listening)
    client.write('before')
    await until(
      () => texts[0] === 'before',
      DEADLINE_MS,
      () => 'the client was not heard',
    )
    sockets[0]!.pause()
    client.write('-while')
    // Another connection's bytes come later than those that would have come were this one read.
    const other = connectTo(listening)
    other.write('other')
    await until(
      () => texts[1] === 'other',
      DEADLINE_MS,
      () => 'the other client was not heard',
    )
    expect(texts[0]).toBe('before')
    sockets[0]!.resume()
    await until(
      () => texts[0] === 'before-while',
      DEADLINE_MS,
      () => 'the client was not heard again',
    )
    for (const socket of [client, other, ...sockets]) socket.destroy()
  })

  test('tell of a client that has closed its sending side, and can still be answered', async () => {
    const listening = await start()
    const received = receivedBy(listening)
    const client = connectTo(listening)
    client.end('all')
    await until(
      () => received.ended === 1,
      DEADLINE_MS,
      () => 'the end was not heard of',
    )
    received.sockets[0]!.end('still here')
    const [answer] = (await once(client, 'data')) as [Buffer]
    expect(answer.toString()).toBe('still here')
    client.destroy()
  })
})
