// The sockets that the supervisor binds: for whom they wait, and what is said of those that cannot be had.

import { existsSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import type { BindAddress } from '../../../src/config/bind-address.ts'
import { GantryError } from '../../../src/errors.ts'
import { SharedSockets } from '../../../src/server/supervisor/shared-sockets.ts'
import { bindAll } from '../../../src/server/supervisor/sockets.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'

const ANY_PORT: BindAddress = { kind: 'tcp', protocol: 'http', host: '127.0.0.1', port: 0 }
const origins = { bind: 'flag --bind' } as never

async function codesOf(addresses: readonly BindAddress[]): Promise<readonly string[]> {
  const error: unknown = await bindAll(addresses).catch((thrown: unknown) => thrown)
  if (!(error instanceof AggregateError)) throw new Error('it is bound', { cause: error })
  return error.errors.map((each) => (each instanceof GantryError ? each.code : String(each)))
}

describe('bindAll', () => {
  test('names the port that it was given, and does not listen', async () => {
    const [socket] = await bindAll([ANY_PORT])
    expect(socket!.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/)
    expect(socket!.wanted).toBe('http://127.0.0.1:0')
    await expect(fetch(socket!.url)).rejects.toThrow()
    socket!.close()
  })

  test('tells of all addresses that cannot be bound, and leaves none behind', async () => {
    using directory = new TemporaryDirectory()
    const path = directory.join('good.sock')
    const listener = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => listener.once('listening', resolve))
    const { port } = listener.address() as AddressInfo
    writeFileSync(directory.join('file'), 'no socket')
    const codes = await codesOf([
      { ...ANY_PORT, port },
      { kind: 'unix', protocol: 'http', path },
      { kind: 'unix', protocol: 'http', path: directory.join('file') },
      { kind: 'tcp', protocol: 'http', host: '192.0.2.1', port: 0 },
    ])
    listener.close()
    expect(codes).toEqual(['GANTRY_BIND_IN_USE', 'GANTRY_BIND_FAILED', 'GANTRY_BIND_NOT_AVAILABLE'])
    expect(existsSync(path)).toBe(false)
  })

  test('lets every user connect to a Unix socket, and removes its file at the end', async () => {
    using directory = new TemporaryDirectory()
    const path = directory.join('s.sock')
    const [socket] = await bindAll([{ kind: 'unix', protocol: 'http', path }])
    expect(statSync(path).mode & 0o777).toBe(0o777)
    socket!.close()
    expect(existsSync(path)).toBe(false)
  })
})

describe('shared sockets', () => {
  test('a Unix socket whose file was removed is bound anew, and the file of another server stays', async () => {
    using directory = new TemporaryDirectory()
    const path = directory.join('s.sock')
    const addresses = { bind: [{ kind: 'unix', protocol: 'http', path } as const], healthBind: [], origins }
    const sockets = new SharedSockets()
    const [first] = await sockets.bind(addresses)
    expect(await sockets.bind(addresses)).toEqual([])
    unlinkSync(path)
    const [again] = await sockets.bind(addresses)
    expect(again).not.toBe(first)
    expect(sockets.of(addresses).sockets).toEqual([again])

    unlinkSync(path)
    writeFileSync(path, "another's")
    sockets.close()
    expect(existsSync(path)).toBe(true)
  })

  test('stay for the next generation, which adds its own; what it does not name is closed when it serves', async () => {
    using directory = new TemporaryDirectory()
    const path = directory.join('s.sock')
    const sockets = new SharedSockets()
    const first = {
      bind: [ANY_PORT],
      healthBind: [{ kind: 'unix', protocol: 'http', path } as const],
      origins,
    }
    await sockets.bind(first)
    const { urls } = sockets
    const [kept] = sockets.of(first).sockets
    const second = { bind: [ANY_PORT, { ...ANY_PORT, host: 'localhost' }], healthBind: [], origins }
    const added = await sockets.bind(second)
    expect(added).toHaveLength(1)
    expect(sockets.urls).toEqual(urls)
    expect(sockets.of(second).sockets[0]).toBe(kept)
    expect(existsSync(path)).toBe(true)
    sockets.closeOthers(second)
    expect(sockets.urls).toEqual([...urls, added[0]!.url])
    expect(existsSync(path)).toBe(false)
    sockets.close()
  })
})
