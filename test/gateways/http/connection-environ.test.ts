import { describe, expect, test } from 'vitest'
import { ConnectionEnviron } from '../../../src/gateways/http/connection-environ.ts'
import { RequestParser } from '../../../src/http/request-parser.ts'
import { encodePairs } from '../../../src/wsgi/environ-block.ts'
import { decodeOwnBlock, decodePairs } from '../../wsgi/environ-pairs.ts'

const LIMITS = {
  maxRequestLineBytes: 8192,
  maxHeaderBytes: 16_384,
  maxHeadBytes: 65_536,
  maxHeaders: 100,
  maxTrailerBytes: 16_384,
  maxChunkExtensionBytes: 16_384,
  maxBodyBytes: 1_073_741_824,
}

interface Parts {
  readonly shared: Record<string, string>
  readonly own: Record<string, string>
}

/** The two parts of the environ of each request of one connection. */
function environsOf(...requests: string[]): Parts[] {
  const settings = { mount: Buffer.alloc(0), onUnderscoreField: () => undefined }
  const environ = new ConnectionEnviron(encodePairs({ REMOTE_ADDR: '192.0.2.1' }), settings)
  const parser = new RequestParser(LIMITS)
  return requests.map((request) => {
    parser.receive(Buffer.from(request, 'latin1'))
    expect(parser.next()).toBe('head')
    const shared = environ.share(parser.head)
    const target = Buffer.alloc(environ.ownBytes(parser.head))
    const end = environ.writeOwn(target, 0, parser.head, 0, shared)
    parser.release()
    return { shared: decodePairs(shared), own: decodeOwnBlock(target.subarray(0, end)) }
  })
}

const request = (path: string, fields: string, host = 'a.test'): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`

describe('the environ of a connection', () => {
  test('shares the fields of a request that repeats those of the one before', () => {
    const [first, second, third] = environsOf(
      request('/1', 'Cookie: a=1\r\n'),
      request('/2', 'Cookie: a=1\r\n'),
      request('/3', 'Cookie: a=1\r\n'),
    )
    expect(first!.shared).toEqual({ REMOTE_ADDR: '192.0.2.1' })
    expect(first!.own).toMatchObject({ PATH_INFO: '/1', HTTP_COOKIE: 'a=1', HTTP_HOST: 'a.test' })
    for (const later of [second!, third!]) {
      expect(later.shared).toEqual({
        REMOTE_ADDR: '192.0.2.1',
        SERVER_PROTOCOL: 'HTTP/1.1',
        HTTP_HOST: 'a.test',
        HTTP_COOKIE: 'a=1',
      })
      expect(later.own).not.toHaveProperty('HTTP_COOKIE')
    }
    expect(third!.own).toMatchObject({ PATH_INFO: '/3' })
  })

  test('gives each request the fields that it has, whatever came before', () => {
    const requests = [
      request('/1', 'Cookie: a=1\r\n'),
      request('/2', 'Cookie: a=1\r\n'),
      request('/3', 'Cookie: a=2\r\n'),
      request('/4', 'Cookie: a=1\r\n'),
      request('/5', ''),
      request('/6', ''),
      request('/7', 'Cookie: a=1\r\nX-A: 1\r\n'),
      request('/8', 'Cookie: a=1\r\nX-A: 1\r\n', 'b.test'),
    ]
    const alone = requests.map((text) => environsOf(text)[0]!)
    const together = environsOf(...requests)
    const whole = ({ shared, own }: Parts): Record<string, string> => ({ ...shared, ...own })
    expect(together.map(whole)).toEqual(alone.map(whole))
  })

  test('takes the host from a target in absolute form also when the fields are repeated (RFC 9112 §3.2.2)', () => {
    const [, second] = environsOf(request('/', ''), request('http://real.test/', ''))
    expect({ ...second!.shared, ...second!.own }).toMatchObject({ HTTP_HOST: 'real.test' })
  })

  test('counts the body of each request anew', () => {
    const fields = 'Content-Length: 0\r\n'
    const [, second] = environsOf(request('/', fields), request('/', fields))
    expect(second!.shared).not.toHaveProperty('CONTENT_LENGTH')
    expect(second!.own).toHaveProperty('CONTENT_LENGTH', '0')
  })
})
