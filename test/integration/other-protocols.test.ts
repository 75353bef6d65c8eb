// Protocols beside HTTP as the command knows them: where it listens, what it says of that, and sockets that it did not bind itself.

import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type GatewayAnswer, answerOver } from '../gateways/clients/whole-answer.ts'
import { FIXTURES } from '../harness/fixtures.ts'
import { MAIN, type GantryProcess, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'
import { serve } from '../../src/server/serve.ts'

const DEADLINE_MS = 20_000
const GET = { REQUEST_METHOD: 'GET', PATH_INFO: '/answers_hello', SERVER_PROTOCOL: 'HTTP/1.1' }
const APPLICATION = ['mount_applications', '--chdir', FIXTURES, '--workers', '1']

const urlsOf = (gantry: GantryProcess): string[] =>
  [...gantry.stderr.matchAll(/^ {2}listening +(.+)$/gm)].map(([, url]) => url!)
const helloOf = ({ status, body }: GatewayAnswer): readonly unknown[] => [status, body.toString()]

describe('a server of several protocols', () => {
  test('listens at each address for its own, serves all of them, and ends with all of them', async () => {
    using directory = new TemporaryDirectory()
    const path = directory.join('uwsgi.sock')
    const binds = ['http://127.0.0.1:0', 'fcgi://127.0.0.1:0', 'scgi://127.0.0.1:0', `uwsgi+unix:${path}`]
    await using gantry = await startGantry([...APPLICATION, ...binds.flatMap((bind) => ['--bind', bind])], {
      hasBind: true,
    })
    const urls = urlsOf(gantry)
    expect(urls.map((url) => url.replace(/:\d+$/, ':0'))).toEqual(binds)
    expect(await (await fetch(`${urls[0]!}/answers_hello`)).text()).toBe('hello')
    for (const url of urls.slice(1)) expect(helloOf(await answerOver(url, GET))).toEqual([200, 'hello'])
    gantry.child.kill('SIGTERM')
    expect((await gantry.exited).code).toBe(0)
    expect(existsSync(path)).toBe(false)
  })

  test('has its sockets through a reload', async () => {
    await using gantry = await startGantry([...APPLICATION, '--bind', 'scgi://127.0.0.1:0'], {
      hasBind: true,
    })
    const [url = ''] = urlsOf(gantry)
    process.kill(gantry.pid, 'SIGHUP')
    await until(
      () => gantry.stderr.includes('generation 2 serves'),
      DEADLINE_MS,
      () => gantry.stderr,
    )
    expect(helloOf(await answerOver(url, GET))).toEqual([200, 'hello'])
  })

  test('tells malformed requests in one line each kind, and counts them', async () => {
    await using gantry = await startGantry([...APPLICATION, '--bind', 'uwsgi://127.0.0.1:0'], {
      hasBind: true,
    })
    const [url = ''] = urlsOf(gantry)
    for (let i = 0; i < 3; i++) await answerOver(url.replace('uwsgi', 'fcgi'), GET)
    expect(helloOf(await answerOver(url, GET))).toEqual([200, 'hello'])
    gantry.child.kill('SIGTERM')
    await gantry.exited
    const lines = gantry.stderr.split('\n').filter((line) => line.includes('UWSGI_MODIFIER_UNSERVED'))
    expect(lines[0]).toMatch(/warning closed a connection of 127\.0\.0\.1: .* \(UWSGI_MODIFIER_UNSERVED\)$/)
    expect(lines.at(-1)).toContain('refused since the start: UWSGI_MODIFIER_UNSERVED 3')
  })
})

describe('a FastCGI application that a web server starts', () => {
  test('takes connections from the socket that is its standard input', async () => {
    const command = ['python3', `${FIXTURES}/passes_standard_input.py`, process.execPath, MAIN]
    await using gantry = await startGantry([...APPLICATION, '--bind', 'fcgi+fd:0'], {
      hasBind: true,
      command,
    })
    const [url = ''] = urlsOf(gantry)
    expect(url).toMatch(/^fcgi:\/\/127\.0\.0\.1:\d+$/)
    expect(helloOf(await answerOver(url, GET))).toEqual([200, 'hello'])
  })

  test('says what is wrong with one that is no socket', async () => {
    await expect(startGantry([...APPLICATION, '--bind', 'fcgi+fd:99'], { hasBind: true })).rejects.toThrow(
      /fcgi\+fd:99|descriptor 99/,
    )
  })
})

test('wsgi.errors reaches the web server over FastCGI, and the log', async () => {
  await using gantry = await startGantry([...APPLICATION, '--bind', 'fcgi://127.0.0.1:0'], { hasBind: true })
  const [url = ''] = urlsOf(gantry)
  const answer = await answerOver(url, { ...GET, PATH_INFO: '/writes_to_errors' })
  expect(answer.errors).toContain('a whole line\ntwo parts\n')
  expect(gantry.stderr).toContain('a whole line')
})

test('a server in code speaks them, too', async () => {
  const server = await serve(
    (_, startResponse) => {
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return [Buffer.from('hello')]
    },
    { bind: ['scgi://127.0.0.1:0'] },
  )
  try {
    expect(server.urls[0]).toMatch(/^scgi:\/\//)
    expect(helloOf(await answerOver(server.urls[0]!, GET))).toEqual([200, 'hello'])
  } finally {
    await server.close()
  }
})
