import { describe, expect, test } from 'vitest'
import { ConnectionLimits } from '../../src/gateways/connection-limits.ts'

describe('connection limits', () => {
  test('count all clients', () => {
    const limits = new ConnectionLimits({ maxConnections: 2, maxConnectionsPerAddress: 0 })
    expect([limits.enter(), limits.enter(), limits.enter()]).toEqual([
      undefined,
      undefined,
      'TOO_MANY_CONNECTIONS',
    ])
    limits.leave()
    expect(limits.enter()).toBeUndefined()
  })

  test('count the clients of one address', () => {
    const limits = new ConnectionLimits({ maxConnections: 100, maxConnectionsPerAddress: 1 })
    expect(limits.enterAddress('192.0.2.1')).toBeUndefined()
    expect(limits.enterAddress('192.0.2.2')).toBeUndefined()
    expect(limits.enterAddress('192.0.2.1')).toBe('TOO_MANY_CONNECTIONS_OF_ADDRESS')
    limits.leaveAddress('192.0.2.1')
    expect(limits.enterAddress('192.0.2.1')).toBeUndefined()
  })

  test('take a /64 network of IPv6 for one address (RFC 6177)', () => {
    const limits = new ConnectionLimits({ maxConnections: 100, maxConnectionsPerAddress: 1 })
    expect(limits.enterAddress('2001:db8:0:1::5')).toBeUndefined()
    expect(limits.enterAddress('2001:db8:0:1:ffff:1:2:3')).toBe('TOO_MANY_CONNECTIONS_OF_ADDRESS')
    expect(limits.enterAddress('2001:db8:0:2::5')).toBeUndefined()
    expect(limits.enterAddress('2001:db8::5')).toBeUndefined()
    expect(limits.enterAddress('2001:db8::6')).toBe('TOO_MANY_CONNECTIONS_OF_ADDRESS')
    expect(limits.enterAddress('::1')).toBeUndefined()
  })

  test('know no limit where it is 0', () => {
    const limits = new ConnectionLimits({ maxConnections: 100, maxConnectionsPerAddress: 0 })
    for (let i = 0; i < 50; i++) expect(limits.enterAddress('192.0.2.1')).toBeUndefined()
  })
})
