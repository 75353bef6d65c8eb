import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { ConnectionSocket, SocketListener } from '../../src/io/connection-socket.ts'
import { HandleSocket } from '../../src/io/handle-socket.ts'
import { NodeSocket } from '../../src/io/node-socket.ts'
import { takeConnections } from '../../src/io/take-connections.ts'
import { until } from '../harness/until.ts'

const DEADLINE_MS = 5_000
// More than the system keeps for who does not read.
const MUCH_BYTES = 32 * 1_048_576

const ends: (() => void)[] = []

afterEach(() => {
  for (const end of ends.splice(0).toReversed()) end()
})

type Where = { readonly port: number; readonly host: string } | { readonly path: string }

/** A server, and each connection that it took. */
class Listening {
  readonly connections: Accepted[] = []
  readonly #server: Server
  readonly #where: Where

  static async onTcp(isHandleHidden: boolean): Promise<Listening> {
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    return new Listening(server, { port, host: '127.0.0.1' }, isHandleHidden)
  }

  static async onUnixSocket(isHandleHidden: boolean): Promise<Listening> {
    const directory = mkdtempSync(join(tmpdir(), 'gantry-test-'))
    ends.push(() => rmSync(directory, { recursive: true }))
    const path = join(directory, 'socket')
    const server = createServer({ allowHalfOpen: true }).listen(path)
    await once(server, 'listening')
    return new Listening(server, { path }, isHandleHidden)
  }

  private constructor(server: Server, where: Where, isHandleHidden: boolean) {
    this.#server = server
    this.#where = where
    if (isHandleHidden) hideHandleOnce(server)
    takeConnections(server, (open) => this.connections.push(new Accepted(open)))
    ends.push(() => server.close())
  }

  get address(): AddressInfo | string | null {
    return this.#server.address()
  }

  /** A client, and what was accepted of it. */
  async connect(): Promise<{ client: Socket; accepted: Accepted }> {
    const before = this.connections.length
    const client = connect({ ...this.#where, allowHalfOpen: true })
    client.on('error', () => undefined)
    ends.push(() => client.destroy())
    await seen(() => this.connections.length > before, 'the connection')
    const accepted = this.connections[before]!
    ends.push(() => accepted.socket.destroy())
    return { client, accepted }
  }
}

/** One of them, and what it was told. */
class Accepted implements SocketListener {
  readonly socket: ConnectionSocket
  text = ''
  told: string[] = []

  constructor(open: (listener: SocketListener) => ConnectionSocket) {
    this.socket = open(this)
  }

  received(bytes: Buffer, length: number): void {
    this.text += bytes.toString('latin1', 0, length)
  }

  ended(): void {
    this.told.push('ended')
  }

  closed(): void {
    this.told.push('closed')
  }
}

/** As a Node version would look whose handles cannot be taken. */
function hideHandleOnce(server: Server): void {
  const { _handle: handle } = server as unknown as { readonly _handle: object }
  let isRead = false
  // Hidden from the first look, which is that of `takeConnections`; Node itself goes on with it.
  Object.defineProperty(server, '_handle', {
    configurable: true,
    get: () => (isRead ? handle : ((isRead = true), undefined)),
    set: (value) => Object.defineProperty(server, '_handle', { value, writable: true }),
  })
}

function seen(condition: () => boolean, what: string): Promise<void> {
  return until(condition, DEADLINE_MS, () => `${what} was not seen`)
}

/** All that a client reads up to the end. */
async function readAll(client: Socket): Promise<string> {
  let text = ''
  client.on('data', (data: Buffer) => (text += data.toString('latin1')))
  await once(client, 'end')
  return text
}

describe.each([
  ['their handles', HandleSocket, false],
  ["Node's sockets, where handles cannot be taken", NodeSocket, true],
] as const)('connections over %s', (_name, kind, isHandleHidden) => {
  describe.each([
    ['TCP', (isHidden: boolean) => Listening.onTcp(isHidden)],
    ['a Unix socket', (isHidden: boolean) => Listening.onUnixSocket(isHidden)],
  ])('on %s', (transport, listen) => {
    const isTcp = transport === 'TCP'
    const start = () => listen(isHandleHidden)

    test('deliver what each client sends, and take answers', async () => {
      const listening = await start()
      const one = await listening.connect()
      const two = await listening.connect()
      expect(one.accepted.socket).toBeInstanceOf(kind)
      one.client.write('one')
      two.client.write('two')
      await seen(() => one.accepted.text === 'one' && two.accepted.text === 'two', 'what was sent')
      two.accepted.socket.write(Buffer.from('an'))
      two.accepted.socket.writeAll([Buffer.from('sw'), Buffer.from('er')])
      two.accepted.socket.end()
      expect(await readAll(two.client)).toBe('answer')
      expect(two.accepted.socket.sentBytes).toBe(6)
    })

    test('stop being read while they are paused', async () => {
      const listening = await start()
      const { client, accepted } = await listening.connect()
      client.write('before')
      await seen(() => accepted.text === 'before', 'the first part')
      accepted.socket.pause()
      client.write('-while')
      // Another connection's bytes come later than those that would have come were this one read.
      const other = await listening.connect()
      other.client.write('other')
      await seen(() => other.accepted.text === 'other', 'the other client')
      expect(accepted.text).toBe('before')
      accepted.socket.resume()
      await seen(() => accepted.text === 'before-while', 'the second part')
    })

    test('tell of a client that has closed its sending side, can still answer, and close when both have ended', async () => {
      const listening = await start()
      const { client, accepted } = await listening.connect()
      client.end('all')
      await seen(() => accepted.told.includes('ended'), 'the end')
      expect([accepted.text, accepted.socket.isOpen, accepted.socket.isEnded]).toEqual(['all', true, false])
      accepted.socket.write(Buffer.from('still here'))
      accepted.socket.end()
      expect(await readAll(client)).toBe('still here')
      await seen(() => accepted.told.length > 1, 'the close')
      expect([accepted.told, accepted.socket.isOpen]).toEqual([['ended', 'closed'], false])
    })

    test('that ended first stay open until the client ends', async () => {
      const listening = await start()
      const { client, accepted } = await listening.connect()
      accepted.socket.end()
      await readAll(client)
      client.write('late')
      await seen(() => accepted.text === 'late', 'what came late')
      expect(accepted.told).toEqual([])
      client.end()
      await seen(() => accepted.told.includes('closed'), 'the close')
      expect(accepted.told).toEqual(['ended', 'closed'])
    })

    test('know what a client that reads nothing has not taken, and send it all when it reads', async () => {
      const listening = await start()
      const { client, accepted } = await listening.connect()
      const { socket } = accepted
      const sent: string[] = []
      for (const [index, byte] of ['a', 'b'].entries()) {
        socket.write(Buffer.alloc(MUCH_BYTES / 2, byte))
        socket.whenSent(() => sent.push(`write ${index}`))
      }
      const { sentBytes, unsentBytes } = socket
      expect([sentBytes < MUCH_BYTES / 2, unsentBytes > MUCH_BYTES / 2]).toEqual([true, true])
      socket.end()
      const text = await readAll(client)
      expect(text === 'a'.repeat(MUCH_BYTES / 2) + 'b'.repeat(MUCH_BYTES / 2)).toBe(true)
      expect([sent, socket.sentBytes, socket.unsentBytes]).toEqual([['write 0', 'write 1'], MUCH_BYTES, 0])
    })

    test('tell that all is sent also when their end waits behind it', async () => {
      const listening = await start()
      const { client, accepted } = await listening.connect()
      const { socket } = accepted
      let isSent = false
      socket.write(Buffer.alloc(MUCH_BYTES, 'a'))
      socket.end()
      socket.whenSent(() => (isSent = true))
      expect(isSent).toBe(false)
      expect((await readAll(client)).length).toBe(MUCH_BYTES)
      await seen(() => isSent, 'that all is sent')
    })

    test('count what a client takes of one large write', async () => {
      const listening = await start()
      const { client, accepted } = await listening.connect()
      accepted.socket.write(Buffer.alloc(MUCH_BYTES, 'a'))
      const before = accepted.socket.sentBytes
      expect(before).toBeLessThan(MUCH_BYTES)
      let readBytes = 0
      client.on('data', (data: Buffer) => {
        readBytes += data.length
        if (readBytes > MUCH_BYTES / 4) client.pause()
      })
      await seen(() => accepted.socket.sentBytes > before, 'progress')
      expect(accepted.socket.sentBytes).toBeLessThan(MUCH_BYTES)
    })

    test('tell whoever waits for something to be sent that it is lost', async () => {
      const listening = await start()
      const { accepted } = await listening.connect()
      const lost: string[] = []
      accepted.socket.write(Buffer.alloc(MUCH_BYTES))
      accepted.socket.whenSent(() => lost.push(accepted.socket.isOpen ? 'open' : 'closed'))
      accepted.socket.destroy()
      expect([lost, accepted.told]).toEqual([[], []])
      await seen(() => accepted.told.includes('closed'), 'the close')
      expect([lost, accepted.told, accepted.socket.unsentBytes]).toEqual([['closed'], ['closed'], 0])
    })

    test('closed for good take nothing more, and tell it once', async () => {
      const listening = await start()
      const { client, accepted } = await listening.connect()
      const { socket } = accepted
      const text = readAll(client)
      socket.destroy()
      socket.destroy()
      socket.write(Buffer.from('dropped'))
      socket.writeAll([Buffer.from('dropped')])
      socket.end()
      socket.reset()
      socket.pause()
      socket.resume()
      socket.probe(1_000)
      await seen(() => accepted.told.length > 0, 'the close')
      expect([await text, accepted.told]).toEqual(['', ['closed']])
    })

    test('close when the client is gone in the middle of an answer', async () => {
      const listening = await start()
      const { client, accepted } = await listening.connect()
      accepted.socket.write(Buffer.alloc(MUCH_BYTES))
      client.destroy()
      await seen(() => accepted.told.includes('closed'), 'the close')
      expect(accepted.socket.isOpen).toBe(false)
    })

    test('reset show that to a client on TCP', async () => {
      const listening = await start()
      const { client, accepted } = await listening.connect()
      accepted.socket.reset()
      const ending = isTcp ? once(client, 'error') : once(client, 'end')
      client.resume()
      const [error] = (await ending) as [NodeJS.ErrnoException | undefined]
      expect(error?.code).toBe(isTcp ? 'ECONNRESET' : undefined)
      await seen(() => accepted.told.includes('closed'), 'the close')
    })

    test('reset while their end is under way close all the same', async () => {
      const listening = await start()
      const { accepted } = await listening.connect()
      accepted.socket.write(Buffer.alloc(MUCH_BYTES))
      accepted.socket.end()
      accepted.socket.reset()
      await seen(() => accepted.told.includes('closed'), 'the close')
    })

    test('know both ends of TCP', async () => {
      const listening = await start()
      const { client, accepted } = await listening.connect()
      const { local, remote } = accepted.socket
      if (isTcp) {
        expect(local).toEqual({ address: '127.0.0.1', port: (listening.address as AddressInfo).port })
        expect(remote).toEqual({ address: '127.0.0.1', port: client.localPort })
      } else {
        expect([local, remote]).toEqual([undefined, undefined])
      }
    })
  })
})
