import { describe, expect, test } from 'vitest'
import { responseHeaders, type ResponseHeadersOptions } from '../../src/middleware/response-headers.ts'
import { testClient } from '../../src/testing/index.ts'
import type { Application } from '../../src/wsgi/application.ts'
import type { Header } from '../../src/wsgi/header.ts'

const OWN: Header[] = [
  ['Content-Type', 'text/html'],
  ['X-Powered-By', 'PHP'],
  ['x-frame-options', 'DENY'],
]
const application: Application = (_, startResponse) => {
  startResponse('200 OK', OWN)
  return [Buffer.from('x')]
}
const failing: Application = () => {
  throw new Error('on purpose')
}
const SECURITY = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
  'Referrer-Policy': 'strict-origin-when-cross-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
}

async function headersOf(
  options: ResponseHeadersOptions,
  inner: Application = application,
  scheme: 'http' | 'https' = 'http',
): Promise<readonly Header[]> {
  const client = testClient(responseHeaders(options)(inner), { scheme, passthroughErrors: false })
  const { headers } = await client.get('/')
  return headers.filter(([name]) => name !== 'Content-Length')
}

describe('responseHeaders', () => {
  test('sets in the place of the application, adds to it, and removes from it', async () => {
    const options: ResponseHeadersOptions = {
      set: { 'X-Frame-Options': 'SAMEORIGIN' },
      add: [
        ['Link', '</a>'],
        ['Link', '</b>'],
      ],
      remove: ['x-powered-by'],
    }
    expect(await headersOf(options)).toEqual([
      ['Content-Type', 'text/html'],
      ['X-Frame-Options', 'SAMEORIGIN'],
      ['Link', '</a>'],
      ['Link', '</b>'],
    ])
  })

  test('leaves the list of an application that gives the same one every time', async () => {
    await headersOf({ set: { 'X-A': '1' }, remove: ['X-Powered-By'] })
    expect(OWN).toHaveLength(3)
  })

  test('the preset yields to the application and to set', async () => {
    const headers = new Map(
      await headersOf({ preset: 'security', set: { 'Referrer-Policy': 'no-referrer' } }),
    )
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.has('X-Frame-Options')).toBe(false)
    expect(headers.get('Referrer-Policy')).toBe('no-referrer')
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  })

  test('the preset is these headers, and over TLS one more (RFC 6797 §7.2)', async () => {
    const bare: Application = (_, startResponse) => {
      startResponse('200 OK', [])
      return []
    }
    expect(Object.fromEntries(await headersOf({ preset: 'security' }, bare))).toEqual(SECURITY)
    expect(Object.fromEntries(await headersOf({ preset: 'security' }, bare, 'https'))).toEqual({
      ...SECURITY,
      'Strict-Transport-Security': 'max-age=31536000',
    })
  })

  test('error pages of the server have them too', async () => {
    const options: ResponseHeadersOptions = { preset: 'security', set: { 'X-A': '1' }, add: [['X-B', '2']] }
    expect(Object.fromEntries(await headersOf(options, failing))).toEqual({
      ...SECURITY,
      'X-A': '1',
      'X-B': '2',
    })
  })

  test('but not what speaks of the content, or would have a cache keep them', async () => {
    const set = { 'Cache-Control': 'max-age=3600', 'Content-Language': 'de', 'Content-Security-Policy': 'x' }
    expect(await headersOf({ set }, failing)).toEqual([['Content-Security-Policy', 'x']])
  })

  test('one inside of another has the outer one set last, on error pages too', async () => {
    const inner = responseHeaders({ set: { 'X-A': 'inner' }, preset: 'security' })
    const options: ResponseHeadersOptions = { set: { 'X-A': 'outer' }, preset: 'security' }
    for (const application_ of [application, failing]) {
      const headers = await headersOf(options, inner(application_))
      expect(headers.filter(([name]) => name === 'X-A')).toEqual([['X-A', 'outer']])
      expect(headers.filter(([name]) => name === 'Referrer-Policy')).toHaveLength(1)
    }
  })

  test('leaves what is no list of headers to the server, which says what is wrong (W28)', async () => {
    for (const wrong of ['text', [['X-A']], [null], undefined]) {
      const inner: Application = (_, startResponse) => {
        startResponse('200 OK', wrong as unknown as Header[])
        return []
      }
      const client = testClient(responseHeaders({ preset: 'security' })(inner))
      await expect(client.get('/')).rejects.toThrow(/response header/)
    }
  })

  test('may remove any header, the length of the body too', async () => {
    const counted: Application = (_, startResponse) => {
      startResponse('200 OK', [['Content-Length', '2']])
      return [Buffer.from('a'), Buffer.from('b')]
    }
    const answer = await testClient(responseHeaders({ remove: ['Content-Length'] })(counted)).get('/')
    expect([answer.header('Content-Length'), answer.text]).toEqual([undefined, 'ab'])
  })

  test.each([
    [{ set: { Connection: 'close' } }, 'hop-by-hop'],
    [{ set: { 'X A': '1' } }, 'not a header name'],
    [{ add: [['X-A', 'a\r\nX-B: b']] }, 'control character'],
    [{ remove: ['X A'] }, 'not a header name'],
    [{ preset: 'strict' }, 'the only preset'],
  ])('refuses %j', (options, message) => {
    expect(() => responseHeaders(options as ResponseHeadersOptions)).toThrow(message)
  })
})
