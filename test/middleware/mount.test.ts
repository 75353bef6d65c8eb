import { describe, expect, test } from 'vitest'
import { mount, type MountRoute, type MountRoutes } from '../../src/middleware/mount.ts'
import { testClient, type TestClientOptions } from '../../src/testing/index.ts'
import { type ApplicationProcess, attachProcess, processesOf } from '../../src/wsgi/application-parts.ts'
import type { Application } from '../../src/wsgi/application.ts'

/** Answers with its name, and where it believes to be mounted. */
const named =
  (name: string): Application =>
  ({ SCRIPT_NAME, PATH_INFO, REQUEST_URI }, startResponse) => {
    startResponse('200 OK', [])
    return [Buffer.from(JSON.stringify([name, SCRIPT_NAME, PATH_INFO, REQUEST_URI]))]
  }

const SHOP: MountRoutes = { '/': named('rest'), '/shop': named('shop'), '/shop/admin': named('admin') }

async function answerTo(
  routes: MountRoutes,
  target: string,
  options: TestClientOptions & { host?: string; environ?: Record<string, unknown> } = {},
): Promise<unknown> {
  const { host = 'localhost', environ = {} } = options
  const answer = await testClient(mount(routes), options).get(target, { headers: { Host: host }, environ })
  return answer.status === 200 ? answer.json() : answer.status
}

describe('mount by path', () => {
  test.each([
    ['/', ['rest', '', '/', '/']],
    ['/shop', ['shop', '/shop', '', '/shop']],
    ['/shop/', ['shop', '/shop', '/', '/shop/']],
    ['/shop/a/b?q=/shop/admin', ['shop', '/shop', '/a/b', '/shop/a/b?q=/shop/admin']],
    ['/shop/admin/x', ['admin', '/shop/admin', '/x', '/shop/admin/x']],
    ['/shopping', ['rest', '', '/shopping', '/shopping']],
    ['/Shop', ['rest', '', '/Shop', '/Shop']],
    ['//shop', ['rest', '', '//shop', '//shop']],
    ['/shop//admin', ['shop', '/shop', '//admin', '/shop//admin']],
    ['/a/shop', ['rest', '', '/a/shop', '/a/shop']],
  ])('W18 the longest prefix of whole segments wins: %s', async (target, expected) => {
    expect(await answerTo(SHOP, target)).toEqual(expected)
  })

  test.each([
    ['/shop%2Fadmin', ['rest', '', '/shop/admin', '/shop%2Fadmin']],
    ['/shop%2fadmin/x', ['rest', '', '/shop/admin/x', '/shop%2fadmin/x']],
    ['/shop/admin%2Fx', ['shop', '/shop', '/admin/x', '/shop/admin%2Fx']],
    ['/shop/a%2Fb', ['shop', '/shop', '/a/b', '/shop/a%2Fb']],
    ['/shop%252Fadmin', ['rest', '', '/shop%2Fadmin', '/shop%252Fadmin']],
    ['/shop/x?%2F', ['shop', '/shop', '/x', '/shop/x?%2F']],
  ])('a slash that was sent as %%2F ends no segment: %s', async (target, expected) => {
    expect(await answerTo(SHOP, target)).toEqual(expected)
  })

  test('letters that were sent percent-encoded are the same letters (RFC 3986 §6.2.2.2)', async () => {
    expect(await answerTo(SHOP, '/%73hop/x')).toEqual(['shop', '/shop', '/x', '/%73hop/x'])
  })

  test.each([
    ['/shop/../x', ['shop', '/shop', '/../x', '/shop/../x']],
    ['/shop/%2e%2e/x', ['shop', '/shop', '/../x', '/shop/%2e%2e/x']],
    ['/shop/..%2Fx', ['shop', '/shop', '/../x', '/shop/..%2Fx']],
    ['/x/../shop', ['rest', '', '/x/../shop', '/x/../shop']],
    ['/./shop', ['rest', '', '/./shop', '/./shop']],
    ['/shop/%2e/admin', ['shop', '/shop', '/./admin', '/shop/%2e/admin']],
  ])('dot segments lead nowhere: %s', async (target, expected) => {
    expect(await answerTo(SHOP, target)).toEqual(expected)
  })

  test('a prefix is written plainly or percent-encoded, and is bytes in the environ (W12)', async () => {
    const decoded = Buffer.from('/café', 'utf8').toString('latin1')
    for (const path of ['/café', '/caf%C3%A9'])
      expect(await answerTo({ [path]: named('menu') }, '/caf%c3%a9/x')).toEqual([
        'menu',
        decoded,
        '/x',
        '/caf%c3%a9/x',
      ])
  })

  test('a prefix may hold %2F, and is only that', async () => {
    const routes = { '/a%2Fb': named('one'), '/a/b': named('two') }
    expect(await answerTo(routes, '/a%2fb/c')).toEqual(['one', '/a/b', '/c', '/a%2fb/c'])
    expect(await answerTo(routes, '/a/b/c')).toEqual(['two', '/a/b', '/c', '/a/b/c'])
  })

  test('what no route takes is answered 404', async () => {
    expect(await answerTo({ '/shop': named('shop') }, '/')).toBe(404)
    const answer = await testClient(mount({ '/shop': named('shop') })).get('/x')
    expect([answer.header('Content-Type'), answer.text]).toEqual([
      'text/plain; charset=utf-8',
      '404 Not Found\n',
    ])
  })
})

describe('mount within something else', () => {
  test('mounts nest, on raw segments at every depth', async () => {
    const nested = { '/a': mount({ '/b': named('inner'), '/': named('outer') }) }
    expect(await answerTo(nested, '/a/b/c%2Fd')).toEqual(['inner', '/a/b', '/c/d', '/a/b/c%2Fd'])
    expect(await answerTo(nested, '/a/b%2Fc')).toEqual(['outer', '/a', '/b/c', '/a/b%2Fc'])
  })

  test('a prefix of the server comes first', async () => {
    const options = { scriptName: '/site%2F1' }
    expect(await answerTo(SHOP, '/site%2F1/shop/x', options)).toEqual([
      'shop',
      '/site/1/shop',
      '/x',
      '/site%2F1/shop/x',
    ])
  })

  test('a prefix that a proxy has cut off is not looked for in the target', async () => {
    const environ = { SCRIPT_NAME: '/behind' }
    expect(await answerTo(SHOP, '/shop/a%2Fb', { environ })).toEqual([
      'shop',
      '/behind/shop',
      '/a/b',
      '/shop/a%2Fb',
    ])
  })

  test('without REQUEST_URI every slash of PATH_INFO counts', async () => {
    const environ = { REQUEST_URI: undefined }
    expect(await answerTo(SHOP, '/shop%2Fadmin', { environ })).toEqual(['admin', '/shop/admin', '', null])
  })

  test('a PATH_INFO that middleware has written counts, whatever REQUEST_URI says', async () => {
    const environ = { PATH_INFO: '/shop/x' }
    expect(await answerTo(SHOP, '/old%2Fpath', { environ })).toEqual(['shop', '/shop', '/x', '/old%2Fpath'])
  })

  test('a target in absolute form is read behind its authority (RFC 9112 §3.2.2)', async () => {
    const environ = { REQUEST_URI: 'http://localhost/shop%2Fadmin', PATH_INFO: '/shop/admin' }
    expect(await answerTo(SHOP, '/', { environ })).toEqual(['rest', '', '/shop/admin', environ.REQUEST_URI])
  })

  test('the processes of all that is mounted are found', () => {
    const [one, two] = [named('one'), named('two')]
    const processes = [{}, {}] as ApplicationProcess[]
    attachProcess(one, processes[0]!)
    attachProcess(two, processes[1]!)
    expect(new Set(processesOf(mount({ '/one': one, '/': two })))).toEqual(new Set(processes))
  })
})

describe('mount by host', () => {
  const routes: readonly MountRoute[] = [
    { application: named('any') },
    { path: '/static', application: named('static') },
    { host: '*.example.org', application: named('wildcard') },
    { host: '*.deep.example.org', application: named('deep wildcard') },
    { host: 'Shop.Example.org', application: named('shop') },
    { host: 'admin.example.org', path: '/admin', application: named('admin') },
    { host: '[::1]', application: named('loopback') },
  ]

  test.each([
    ['shop.example.org', '/static', 'shop'],
    ['SHOP.example.ORG:8080', '/', 'shop'],
    ['shop.example.org.', '/', 'shop'],
    ['other.example.org', '/', 'wildcard'],
    ['a.b.example.org', '/', 'wildcard'],
    ['x.deep.example.org', '/', 'deep wildcard'],
    ['example.org', '/', 'any'],
    ['badexample.org', '/', 'any'],
    ['admin.example.org', '/admin/x', 'admin'],
    ['admin.example.org', '/', 'wildcard'],
    ['example.com', '/static/x', 'static'],
    ['[::1]:8000', '/', 'loopback'],
  ])('%s%s goes to %s', async (host, target, name) => {
    const [answered] = (await answerTo(routes, target, { host })) as string[]
    expect(answered).toBe(name)
  })

  test('a host without a route of its own has those without a host', async () => {
    expect(await answerTo([{ host: 'a.example', application: named('a') }], '/', { host: 'b.example' })).toBe(
      404,
    )
  })
})

describe('mount refuses', () => {
  test.each(['shop', '/shop/', '//shop', '', '/a/../b', '/a/%2e%2e/b', '/.', '/a?b', '/a#b', '/%'])(
    'the path "%s"',
    (path) => {
      expect(() => mount({ [path]: named('x') })).toThrow(RangeError)
      expect(() => mount({ [path]: named('x') })).toThrow(`"${path}"`)
    },
  )

  test.each(['shop.example.org:8000', '*', 'a.*.example.org', 'http://shop.example', 'shöp.example', 'a b'])(
    'the host "%s"',
    (host) => {
      expect(() => mount([{ host, application: named('x') }])).toThrow(`not "${host}"`)
    },
  )

  test('no routes, and the same route twice', () => {
    expect(() => mount([])).toThrow('no route')
    expect(() => mount({ '/a': named('x'), '/%61': named('y') })).toThrow('two routes')
  })

  test('what is no application', () => {
    expect(() => mount({ '/': 'app.py' as unknown as Application })).toThrow('no WSGI application')
  })
})
