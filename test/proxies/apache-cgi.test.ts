// Applications under Apache's mod_cgi and mod_cgid, with the configuration of deploy/apache/cgi.conf and scripts as the guide shows them.

import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FIXTURES } from '../harness/fixtures.ts'
import { Gate } from '../harness/gate.ts'
import { MAIN, REPOSITORY } from '../harness/gantry-process.ts'
import { RawConnection } from '../harness/raw-connection.ts'
import type { RawResponse } from '../harness/raw-response.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { missingTools } from '../harness/test-tools.ts'
import { until } from '../harness/until.ts'
import { apacheLog, isOpenToAll, startApache } from './processes/apache.ts'
import type { ProxyProcess } from './processes/proxy-process.ts'

const missing = await missingTools(['apache'])
// As root it serves as nobody, who must be able to read the checkout.
const canRead = process.getuid?.() !== 0 || isOpenToAll(REPOSITORY, (path) => statSync(path).mode)
const DEADLINE_MS = 10_000

/** The scripts of the guide, and what they run. */
const SCRIPTS = {
  'python.cgi': '#!/usr/bin/env -S gantry cgi ./app.py\n',
  'typescript.cgi': '#!/usr/bin/env -S gantry cgi ./app.mjs\n',
  'shop.cgi': '#!/usr/bin/env -S gantry cgi ./app.py\n',
  'direct.cgi': `#!/usr/bin/env -S python3 ${REPOSITORY}python/gantry_worker/run_cgi.py ./app.py\n`,
  'fixtures.cgi': `#!/usr/bin/env -S gantry cgi --chdir ${FIXTURES} --script-name= mount_applications\n`,
}

function makeScripts(directory: TemporaryDirectory): void {
  chmodSync(directory.path, 0o755)
  mkdirSync(directory.join('bin'))
  mkdirSync(directory.join('cgi-bin'))
  const put = (name: string, text: string): void => writeFileSync(directory.join(name), text, { mode: 0o755 })
  put('bin/gantry', `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`)
  symlinkSync(pythonForAll(), directory.join('bin/python3'))
  for (const [name, text] of Object.entries(SCRIPTS)) put(`cgi-bin/${name}`, text)
  cpSync(`${FIXTURES}/cgi/tells_its_request.py`, directory.join('cgi-bin/app.py'))
  put('cgi-bin/app.mjs', APPLICATION)
  const source = readFileSync(`${FIXTURES}/cgi/tells_its_request.py`, 'utf8')
  put('cgi-bin/itself.cgi', `#!/usr/bin/env -S gantry cgi\n${source}`)
}

// Without types: to load TypeScript takes longer than all the rest.
const APPLICATION = `
export const application = async (environ, startResponse) => {
  console.log('a line that is printed')
  const body = await environ['wsgi.input'].read()
  const told = { PATH_INFO: environ.PATH_INFO, body: body.toString('latin1'), directory: process.cwd() }
  startResponse('200 OK', [['Content-Type', 'application/json']])
  return [Buffer.from(JSON.stringify(told))]
}
`

// The one in PATH may be a script in somebody's home.
function pythonForAll(): string {
  if (existsSync('/usr/bin/python3')) return '/usr/bin/python3'
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()
}

describe.skipIf(missing.has('apache') || !canRead).each(['cgi', 'cgid'])('under mod_%s', (module) => {
  const directory = new TemporaryDirectory()
  let apache: ProxyProcess
  beforeAll(async () => {
    makeScripts(directory)
    apache = await startApache({
      modules: [module],
      configure: () => [
        `Define CGI_BIN ${directory.join('cgi-bin')}`,
        `Include ${REPOSITORY}deploy/apache/cgi.conf`,
      ],
      path: `${directory.join('bin')}:${dirname(process.execPath)}:/usr/bin:/bin`,
    })
  })
  afterAll(async () => {
    await apache[Symbol.asyncDispose]()
    directory[Symbol.dispose]()
  })

  const open = (): Promise<RawConnection> => RawConnection.open({ host: '127.0.0.1', port: apache.port })
  const ask = async (head: string, body = ''): Promise<RawResponse> => {
    using connection = await open()
    const [method] = head.split(' ')
    return await connection.request(
      `${head}\r\nHost: test.example\r\nConnection: close\r\n\r\n${body}`,
      method,
    )
  }
  const told = ({ body }: RawResponse): unknown => JSON.parse(body.toString('utf8'))

  test('W60 a Python application has what the client sent, every byte of it', async () => {
    const answer = await ask(
      'POST /cgi-bin/python.cgi/%e9%2F%C3%A9?a=1 HTTP/1.1\r\nContent-Length: 5\r\nX-Bytes: \u00e9\u00ff\r\nProxy: http://192.0.2.1',
      'a\u0000\u00ffb\n',
    )
    expect(answer.statusLine).toBe('HTTP/1.1 200 OK')
    expect(told(answer)).toMatchObject({
      SCRIPT_NAME: '/cgi-bin/python.cgi',
      PATH_INFO: '/\u00e9/\u00c3\u00a9',
      REQUEST_URI: '/cgi-bin/python.cgi/%e9%2F%C3%A9?a=1',
      CONTENT_LENGTH: '5',
      HTTP_X_BYTES: '\u00e9\u00ff',
      HTTP_PROXY: null,
      proxy: null,
      body: 'a\u0000\u00ffb\n',
      directory: directory.join('cgi-bin'),
    })
  })

  test('W60 a JavaScript application has it too', async () => {
    const answer = await ask('POST /cgi-bin/typescript.cgi/%e9%2F HTTP/1.1\r\nContent-Length: 5', 'hello')
    expect(told(answer)).toEqual({
      PATH_INFO: '/\u00e9/',
      body: 'hello',
      directory: directory.join('cgi-bin'),
    })
  })

  test('W16 a body in chunks is whole, and has a length', async () => {
    const chunked = 'POST /cgi-bin/python.cgi HTTP/1.1\r\nTransfer-Encoding: chunked'
    const answer = await ask(chunked, '3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n')
    expect(told(answer)).toMatchObject({ CONTENT_LENGTH: '5', body: 'hello' })
  })

  test('W15 a large body that nobody reads does no harm', async () => {
    const size = 1_000_000
    const head = `POST /cgi-bin/python.cgi?unread HTTP/1.1\r\nContent-Length: ${size}`
    const answer = await ask(head, 'x'.repeat(size))
    expect([answer.status, answer.isComplete]).toEqual([200, true])
    expect(told(answer)).toMatchObject({ body: '' })
  })

  test('a script may be the application itself, and words of a query are no options', async () => {
    const answer = await ask('GET /cgi-bin/itself.cgi/x?--chdir+/tmp HTTP/1.1')
    expect(told(answer)).toMatchObject({ PATH_INFO: '/x', directory: directory.join('cgi-bin') })
  })

  test('a script may start Python without Node, and words of a query are no options', async () => {
    const answer = await ask('GET /cgi-bin/direct.cgi/x?--chdir+/tmp HTTP/1.1')
    expect(told(answer)).toMatchObject({ PATH_INFO: '/x', directory: directory.join('cgi-bin') })
  })

  test('W18 an application under a path of its own has it as SCRIPT_NAME', async () => {
    const answer = await ask('GET /shop/basket HTTP/1.1')
    expect(told(answer)).toMatchObject({ SCRIPT_NAME: '/shop', PATH_INFO: '/basket' })
  })

  test('W43 HEAD has no body', async () => {
    const answer = await ask('HEAD /cgi-bin/python.cgi HTTP/1.1')
    expect([answer.status, answer.text]).toEqual([200, ''])
  })

  test('W49 an exception is answered 500, and the traceback stands in the log of Apache', async () => {
    const answer = await ask('GET /cgi-bin/fixtures.cgi/raises_before_headers?call HTTP/1.1')
    expect([answer.status, answer.text]).toEqual([500, '500 Internal Server Error\n'])
    await until(
      () => apacheLog(apache).includes('LookupError: a secret of the application'),
      DEADLINE_MS,
      () => apacheLog(apache),
    )
  })

  test('W44 every block is on its way before the next one is asked for', async () => {
    using gate = await Gate.start()
    using connection = await open()
    const path = `/cgi-bin/fixtures.cgi/waits_between_blocks?yields:${gate.port}`
    connection.send(`GET ${path} HTTP/1.1\r\nHost: test.example\r\n\r\n`)
    for (let number = 0; number < 3; number++) {
      const block = `data: ${number}\n\n`
      expect(await connection.receive((received) => received.includes(block))).toBe(true)
      await gate.arrived(number + 1)
      gate.letOne()
    }
  })
})
