import { expect, test } from 'vitest'
import { peerOf } from '../../../src/gateways/http/peer.ts'

const trustsUnix = (address: string): boolean => address === ''

test('a peer on a Unix socket is the proxy that --trusted-proxies unix means', () => {
  expect(peerOf({ local: undefined, remote: undefined }, trustsUnix).isTrusted).toBe(true)
})

test('a TCP client that was gone before anybody asked for its address is not taken for one on a Unix socket', () => {
  const { isTrusted, remoteAddress } = peerOf(
    { local: { address: '192.0.2.1', port: 80 }, remote: undefined },
    trustsUnix,
  )
  expect([isTrusted, remoteAddress]).toEqual([false, ''])
})
