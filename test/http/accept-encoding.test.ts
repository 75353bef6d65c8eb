import { describe, expect, test } from 'vitest'
import { chooseCoding } from '../../src/http/accept-encoding.ts'

const OFFERED = ['br', 'gzip'] as const
const choose = (field: string | undefined): string | undefined => chooseCoding(field, OFFERED).coding
const refusesIdentity = (field: string): boolean => chooseCoding(field, OFFERED).isIdentityRefused

describe('chooseCoding (RFC 9110 §12.5.3)', () => {
  test.each([
    [undefined, undefined],
    ['', undefined],
    ['gzip', 'gzip'],
    ['GZip', 'gzip'],
    ['x-gzip', 'gzip'],
    ['deflate', undefined],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip,br', 'br'],
    ['gzip;q=1.0, br;q=0.8', 'gzip'],
    ['br;q=0.001', 'br'],
    ['gzip;q=0', undefined],
    ['gzip ; q=0.5 , br ; Q=0.4', 'gzip'],
    ['*', 'br'],
    ['*;q=0.5, br;q=0', 'gzip'],
    ['*;q=0', undefined],
    ['gzip, *;q=0', 'gzip'],
    ['identity', undefined],
    ['identity, gzip;q=0.5', undefined],
    ['identity;q=0.5, gzip', 'gzip'],
    ['identity, gzip', 'gzip'],
  ])('%j chooses %j', (field, coding) => expect(choose(field)).toBe(coding))

  test.each([
    'gzip;q=2',
    'gzip;q=0.1234',
    'gzip;q=',
    'gzip;level=9',
    'gz ip',
    '"gzip"',
    'gzip;q=-1',
    'gzip;q=1.001',
  ])('the malformed member %j counts for nothing', (field) => {
    expect(choose(field)).toBeUndefined()
    expect(choose(`${field}, br`)).toBe('br')
  })

  test('content as it is is refused by identity;q=0, or by *;q=0 without a word of identity', () => {
    expect(refusesIdentity('gzip, identity;q=0')).toBe(true)
    expect(refusesIdentity('gzip, *;q=0')).toBe(true)
    expect(refusesIdentity('gzip, *;q=0, identity;q=0.1')).toBe(false)
    expect(refusesIdentity('gzip')).toBe(false)
    expect(refusesIdentity('')).toBe(false)
  })
})
