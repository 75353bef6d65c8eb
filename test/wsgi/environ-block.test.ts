import { describe, expect, test } from 'vitest'
import { EnvironBlock, encodePairs, environKey } from '../../src/wsgi/environ-block.ts'
import { decodePairs } from './environ-pairs.ts'

const EMPTY = Buffer.alloc(0)

/** The block that `write` makes, in the middle of bytes that must stay as they are. */
function blockOf(write: (block: EnvironBlock) => void): Buffer {
  const target = Buffer.alloc(1000, '#')
  const block = new EnvironBlock()
  block.begin(target, 10)
  write(block)
  expect(target.toString('latin1', 0, 10)).toBe('##########')
  expect(target.toString('latin1', block.end)).toBe('#'.repeat(1000 - block.end))
  return target.subarray(10, block.end)
}

function pathInfo(path: string, mount = ''): string {
  const bytes = Buffer.from(`GET ${path}?x HTTP/1.1`, 'latin1')
  const end = 4 + path.length
  const isEncoded = path.includes('%')
  const value = blockOf((block) => block.putPath(Buffer.from(mount), bytes, 4, end, isEncoded)).toString(
    'latin1',
  )
  expect(value.endsWith('\0')).toBe(true)
  return value.slice(0, -1)
}

describe('EnvironBlock', () => {
  test('writes keys and values in turn, each ended by NUL, one byte a character (protocol/link.md)', () => {
    const bytes = Buffer.from('xxb\xe9dxx', 'latin1')
    const block = blockOf((made) => {
      made.putPairs(encodePairs({ A: '1', B: '' }))
      made.put(environKey('C'), bytes, 2, 5)
      made.putText(environKey('D'), 'caf\xe9')
      made.put(environKey('E'), EMPTY, 0, 0)
    })
    expect(block.toString('latin1')).toBe('A\x001\0B\0\0C\0b\xe9d\0D\0caf\xe9\0E\0\0')
  })

  test('can be used again for another buffer', () => {
    const block = new EnvironBlock()
    const [first, second] = [Buffer.alloc(4), Buffer.alloc(4)]
    block.begin(first, 0)
    block.putText(environKey('A'), '1')
    block.begin(second, 0)
    block.putText(environKey('B'), '2')
    expect([first.toString('latin1'), second.toString('latin1'), block.end]).toEqual([
      'A\x001\0',
      'B\x002\0',
      4,
    ])
  })

  test('makes HTTP_ keys of field names, in upper case with - as _ (W11, RFC 3875 §4.1.18)', () => {
    const name = Buffer.from("x-Forwarded-for.1!#$%&'*+^`|~")
    const block = blockOf((made) => {
      made.beginField(name, 0, name.length)
      made.endValue()
    })
    expect(decodePairs(block)).toEqual({ "HTTP_X_FORWARDED_FOR.1!#$%&'*+^`|~": '' })
  })

  test('joins the values of a repeated field with a comma, those of Cookie with a semicolon and a space (W13)', () => {
    const bytes = Buffer.from('ab')
    const joined = (isCookie: boolean): Record<string, string> =>
      decodePairs(
        blockOf((made) => {
          made.beginField(Buffer.from('x'), 0, 1)
          made.putBytes(bytes, 0, 1)
          made.putSeparator(isCookie)
          made.putBytes(bytes, 1, 2)
          made.endValue()
        }),
      )
    expect([joined(false), joined(true)]).toEqual([{ HTTP_X: 'a,b' }, { HTTP_X: 'a; b' }])
  })
})

describe('PATH_INFO', () => {
  test.each([
    ['/', '/'],
    ['/a/b', '/a/b'],
    ['/caf%C3%A9', '/caf\xc3\xa9'],
    ['/caf%c3%a9', '/caf\xc3\xa9'],
    ['/caf\xc3\xa9', '/caf\xc3\xa9'],
    ['/a%2Fb%25%20+', '/a/b% +'],
    ['/%252e', '/%2e'],
    ['/%01%ff%0A', '/\x01\xff\n'],
    ['//a//', '//a//'],
    ['/a/../b/.', '/a/../b/.'],
    ['*', '*'],
  ])('of %s is %j: decoded once to bytes, each one character (W12)', (path, decoded) => {
    expect(pathInfo(path)).toBe(decoded)
  })

  test('is / for the empty path of an absolute-form target (RFC 9112 §3.2.1)', () => {
    expect(pathInfo('')).toBe('/')
  })

  test.each([
    ['/shop', ''],
    ['/shop/', '/'],
    ['/shop/a%20b', '/a b'],
    ['/shop//a', '//a'],
  ])('of %s under the mount point /shop is %j (W18)', (path, rest) => {
    expect(pathInfo(path, '/shop')).toBe(rest)
  })

  test.each(['/shopping', '/sho', '/', '/Shop/a', '/a/shop', '/shop%2Fa'])(
    'of %s is not under the mount point /shop, so nothing is cut (W18)',
    (path) => {
      expect(pathInfo(path, '/shop')).toBe(path.replace('%2F', '/'))
    },
  )

  test('is compared with a mount point as it was sent: a%20b lies under a%20b (W18)', () => {
    expect(pathInfo('/a%20b/c', '/a%20b')).toBe('/c')
  })
})
