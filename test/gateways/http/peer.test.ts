import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { peerOf } from '../../../src/gateways/http/peer.ts'

const trustsUnix = (address: string): boolean => address === ''
const socketWith = (fields: Partial<Socket>): Socket => fields as Socket

test('a peer on a Unix socket is the proxy that --trusted-proxies unix means', () => {
  expect(peerOf(socketWith({}), trustsUnix).isTrusted).toBe(true)
})

test('a TCP client that was gone before anybody asked for its address is not taken for one on a Unix socket', () => {
  const { isTrusted, remoteAddress } = peerOf(
    socketWith({ localAddress: '192.0.2.1', localPort: 80 }),
    trustsUnix,
  )
  expect([isTrusted, remoteAddress]).toEqual([false, ''])
})
