// Who the client is, through HAProxy: the configurations of docs/guide/behind-a-proxy.md.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { RawConnection } from '../harness/raw-connection.ts'
import { missingTools } from '../harness/test-tools.ts'
import { RECORDING_APP } from './boundaries/recording-gantry.ts'
import { makeCertificate } from './certificate.ts'
import { CLIENT_ADDRESS, canHaveClientAddress, HOST, SPOOFS, viewOf, viewOverTls } from './client-view.ts'
import { guideArguments, guideBlock, guideText, replaceOnce } from './guide.ts'
import { startHaproxy } from './processes/haproxy.ts'
import type { ProxyProcess } from './processes/proxy-process.ts'

const missing = await missingTools(['haproxy', 'openssl'])
const canRun = canHaveClientAddress && !missing.has('haproxy')

function startFor(section: string): Promise<GantryProcess> {
  return startGantry([RECORDING_APP, '--workers', '1', ...guideArguments(section)])
}

/** Each says the port in its own way: Forwarded has none but the host's, else the scheme's. */
const SECTIONS = [
  { section: 'HAProxy', httpPort: (port: number) => String(port), httpsPort: (port: number) => String(port) },
  { section: 'HAProxy, with Forwarded', httpPort: () => '80', httpsPort: () => '443' },
]

describe.skipIf(!canRun).each(SECTIONS)('behind $section', ({ section, httpPort, httpsPort }) => {
  let gantry: GantryProcess
  let haproxy: ProxyProcess
  beforeAll(async () => {
    gantry = await startFor(section)
    const gantryPort = gantry.port
    haproxy = await startHaproxy(({ port }) => guideBlock(section, 'haproxy', { port, gantryPort }))
  })
  afterAll(async () => {
    await haproxy[Symbol.asyncDispose]()
    await gantry[Symbol.asyncDispose]()
  })

  const expected = () => ({
    REMOTE_ADDR: CLIENT_ADDRESS,
    'wsgi.url_scheme': 'http',
    HTTP_HOST: HOST,
    SERVER_PORT: httpPort(haproxy.port),
    SCRIPT_NAME: '',
    PATH_INFO: '/basket',
  })

  test('the application sees the client, and what it asked HAProxy for', async () => {
    expect(await viewOf(haproxy.port)).toEqual(expected())
  })

  test.each(Object.keys(SPOOFS))('a client is believed nothing that it says in %s', async (name) => {
    expect(await viewOf(haproxy.port, { fields: SPOOFS[name]! })).toEqual(expected())
  })

  test.skipIf(missing.has('openssl'))(
    'the scheme of a client that speaks TLS with HAProxy is https',
    async () => {
      const gantryPort = gantry.port
      await using secure = await startHaproxy(({ port, directory }) => {
        const { both } = makeCertificate(directory, HOST)
        const block = guideBlock(section, 'haproxy', { port, gantryPort })
        return replaceOnce(block, `bind 127.0.0.1:${port}\n`, `bind 127.0.0.1:${port} ssl crt ${both}\n`)
      })
      const wanted = { ...expected(), 'wsgi.url_scheme': 'https', SERVER_PORT: httpsPort(secure.port) }
      expect(await viewOverTls(secure.port)).toEqual(wanted)
    },
  )
})

describe.skipIf(!canRun)('behind HAProxy that passes bytes on', () => {
  const section = 'PROXY protocol'
  let gantry: GantryProcess
  beforeAll(async () => {
    gantry = await startFor(section)
  })
  afterAll(async () => {
    await gantry[Symbol.asyncDispose]()
  })

  test('the page shows version 2', () => {
    expect(guideText(section, 'haproxy')).toMatch(/ send-proxy-v2$/m)
  })

  test.each(['send-proxy', 'send-proxy-v2', 'send-proxy-v2 proxy-v2-options crc32c'])(
    '%s names the client, whatever it says itself',
    async (word) => {
      const gantryPort = gantry.port
      await using haproxy = await startHaproxy(({ port }) =>
        replaceOnce(guideBlock(section, 'haproxy', { port, gantryPort }), 'send-proxy-v2', word),
      )
      for (const fields of [[], ...Object.values(SPOOFS)]) {
        const view = await viewOf(haproxy.port, { fields })
        expect(view).toMatchObject({
          REMOTE_ADDR: CLIENT_ADDRESS,
          'wsgi.url_scheme': 'http',
          HTTP_HOST: HOST,
          SCRIPT_NAME: '',
        })
      }
    },
  )

  test('a client that is no proxy speaks plain HTTP', async () => {
    expect(await viewOf(gantry.port)).toMatchObject({ REMOTE_ADDR: CLIENT_ADDRESS, HTTP_HOST: HOST })
  })

  test.each([
    ['a trusted address without the header', '127.0.0.1', 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n'],
    [
      'a header from anybody else',
      CLIENT_ADDRESS,
      'PROXY TCP4 6.6.6.6 127.0.0.1 1 80\r\nGET / HTTP/1.1\r\nHost: a.test\r\n\r\n',
    ],
  ])('%s is answered 400 and closed', async (_, localAddress, bytes) => {
    using connection = await RawConnection.open({ port: gantry.port, host: '127.0.0.1', localAddress })
    expect((await connection.request(bytes, 'GET')).status).toBe(400)
    await connection.ended()
    expect(connection.received.length).toBe(0)
  })
})
