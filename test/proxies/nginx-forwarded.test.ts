// Who the client is, through nginx: the configurations of docs/guide/behind-a-proxy.md.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { missingTools } from '../harness/test-tools.ts'
import { RECORDING_APP } from './boundaries/recording-gantry.ts'
import { makeCertificate } from './certificate.ts'
import { CLIENT_ADDRESS, canHaveClientAddress, HOST, SPOOFS, viewOf, viewOverTls } from './client-view.ts'
import { guideArguments, guideBlock, replaceOnce } from './guide.ts'
import { startNginx, startNginxStream } from './processes/nginx.ts'
import type { ProxyProcess } from './processes/proxy-process.ts'

const missing = await missingTools(['nginx', 'nginx-stream', 'openssl'])
const canRun = canHaveClientAddress && !missing.has('nginx')

function startFor(section: string): Promise<GantryProcess> {
  return startGantry([RECORDING_APP, '--workers', '1', ...guideArguments(section)])
}

describe.skipIf(!canRun)('behind nginx', () => {
  let gantry: GantryProcess
  let nginx: ProxyProcess
  beforeAll(async () => {
    gantry = await startFor('nginx')
    const gantryPort = gantry.port
    nginx = await startNginx(({ port }) => guideBlock('nginx', 'nginx', { port, gantryPort }))
  })
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]()
    await gantry[Symbol.asyncDispose]()
  })

  const expected = () => ({
    REMOTE_ADDR: CLIENT_ADDRESS,
    'wsgi.url_scheme': 'http',
    HTTP_HOST: HOST,
    SERVER_PORT: String(nginx.port),
    SCRIPT_NAME: '',
    PATH_INFO: '/basket',
  })

  test('the application sees the client, and what it asked nginx for', async () => {
    expect(await viewOf(nginx.port)).toEqual(expected())
  })

  test.each(Object.keys(SPOOFS))('a client is believed nothing that it says in %s', async (name) => {
    expect(await viewOf(nginx.port, { fields: SPOOFS[name]! })).toEqual(expected())
  })

  test.each(Object.keys(SPOOFS))(
    'a client past nginx is believed nothing that it says in %s',
    async (name) => {
      const direct = { ...expected(), SERVER_PORT: String(gantry.port) }
      expect(await viewOf(gantry.port, { fields: SPOOFS[name]! })).toEqual(direct)
    },
  )

  test.skipIf(missing.has('openssl'))(
    'the scheme of a client that speaks TLS with nginx is https',
    async () => {
      const gantryPort = gantry.port
      await using secure = await startNginx(({ port, directory }) => {
        const { certificate, key } = makeCertificate(directory, HOST)
        const block = guideBlock('nginx', 'nginx', { port, gantryPort })
        const tls = `ssl_certificate ${certificate}; ssl_certificate_key ${key};`
        return replaceOnce(block, `:${port};`, `:${port} ssl; ${tls}`)
      })
      const wanted = { ...expected(), 'wsgi.url_scheme': 'https', SERVER_PORT: String(secure.port) }
      expect(await viewOverTls(secure.port)).toEqual(wanted)
    },
  )
})

describe.skipIf(!canRun)('behind nginx, through a Unix socket', () => {
  let directory: TemporaryDirectory
  let gantry: GantryProcess
  let nginx: ProxyProcess
  beforeAll(async () => {
    directory = new TemporaryDirectory()
    const address = `unix:${directory.join('gantry.sock')}`
    const options = ['--workers', '1', '--bind', address, '--trusted-proxies', 'unix']
    gantry = await startGantry([RECORDING_APP, ...options], { hasBind: true })
    nginx = await startNginx(({ port }) => {
      const block = guideBlock('nginx', 'nginx', { port, gantryPort: 8000 })
      return replaceOnce(block, 'server 127.0.0.1:8000;', `server ${address};`)
    })
  })
  afterAll(async () => {
    await nginx[Symbol.asyncDispose]()
    await gantry[Symbol.asyncDispose]()
    directory[Symbol.dispose]()
  })

  test.each(['nothing', ...Object.keys(SPOOFS)])(
    'the application sees the client (that says %s)',
    async (name) => {
      expect(await viewOf(nginx.port, { fields: SPOOFS[name] ?? [] })).toEqual({
        REMOTE_ADDR: CLIENT_ADDRESS,
        'wsgi.url_scheme': 'http',
        HTTP_HOST: HOST,
        SERVER_PORT: String(nginx.port),
        SCRIPT_NAME: '',
        PATH_INFO: '/basket',
      })
    },
  )
})

describe.skipIf(!canRun)('below a path of nginx', () => {
  const section = 'nginx, with the application below a path'

  test('the path becomes SCRIPT_NAME and the rest stays as it was sent', async () => {
    await using gantry = await startFor(section)
    const gantryPort = gantry.port
    await using nginx = await startNginx(({ port }) => guideBlock(section, 'nginx', { port, gantryPort }))
    for (const fields of [[], ...Object.values(SPOOFS)]) {
      const view = await viewOf(nginx.port, { fields, target: '/shop/a%2Fb//c' })
      expect(view).toMatchObject({ SCRIPT_NAME: '/shop', PATH_INFO: '/a/b//c', REMOTE_ADDR: CLIENT_ADDRESS })
    }
  })

  test('a path that nginx has cut off is SCRIPT_NAME where nginx says so', async () => {
    await using gantry = await startFor('nginx')
    const gantryPort = gantry.port
    await using nginx = await startNginx(({ port }) => {
      const block = guideBlock(section, 'nginx', { port, gantryPort })
      const cut = replaceOnce(block, 'proxy_pass http://gantry;', 'proxy_pass http://gantry/;')
      return replaceOnce(cut, 'X-Forwarded-Prefix ""', 'X-Forwarded-Prefix /shop')
    })
    for (const fields of [[], ...Object.values(SPOOFS)]) {
      const view = await viewOf(nginx.port, { fields, target: '/shop/basket' })
      expect(view).toMatchObject({ SCRIPT_NAME: '/shop', PATH_INFO: '/basket', REMOTE_ADDR: CLIENT_ADDRESS })
    }
  })
})

describe.skipIf(!canRun || missing.has('nginx-stream'))('behind nginx that passes bytes on', () => {
  test('the PROXY protocol names the client, whatever it says itself', async () => {
    await using gantry = await startFor('PROXY protocol')
    const gantryPort = gantry.port
    await using nginx = await startNginxStream(({ port }) =>
      guideBlock('PROXY protocol', 'nginx', { port, gantryPort }),
    )
    for (const fields of [[], ...Object.values(SPOOFS)]) {
      const view = await viewOf(nginx.port, { fields })
      expect(view).toMatchObject({
        REMOTE_ADDR: CLIENT_ADDRESS,
        'wsgi.url_scheme': 'http',
        HTTP_HOST: HOST,
        SCRIPT_NAME: '',
      })
    }
  })
})
