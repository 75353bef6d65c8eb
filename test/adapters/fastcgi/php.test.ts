// PHP behind Gantry: php-fpm as it is, with scripts as people write them.

import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FastcgiOptions, fastcgi, toNodeListener } from '../../../src/adapters/index.ts'
import { mount } from '../../../src/middleware/index.ts'
import { testClient } from '../../../src/testing/index.ts'
import type { Application } from '../../../src/wsgi/index.ts'
import { missingTools } from '../../harness/test-tools.ts'
import { until } from '../../harness/until.ts'
import type { ProxyProcess } from '../../proxies/processes/proxy-process.ts'
import { digestOf } from '../applications.ts'
import { ScriptFiles } from '../cgi/script-files.ts'
import { ListeningServer } from '../listening.ts'
import { phpSocket, startPhpFpm } from './php-fpm.ts'

const missing = await missingTools(['php-fpm'])
const DEADLINE_MS = 10_000
const LARGE = Buffer.alloc(20 * 1024 * 1024, 'gantry ')

describe.skipIf(missing.has('php-fpm'))('php-fpm', () => {
  const files = new ScriptFiles()
  let php: ProxyProcess
  beforeAll(async () => {
    files.file('root/index.php', [
      '<?php header("Content-Type: text/plain"); echo "the front of ", $_SERVER["REQUEST_URI"];',
    ])
    files.file('root/server.php', [
      '<?php header("Content-Type: application/json"); echo json_encode($_SERVER);',
    ])
    files.file('root/body.php', [
      '<?php header("Content-Type: text/plain"); $body = file_get_contents("php://input");',
      'echo strlen($body), " ", hash("sha256", $body), " ", $_SERVER["CONTENT_LENGTH"];',
    ])
    files.file('root/form.php', [
      '<?php session_name("shop"); header("Location: /blog/done"); setcookie("a", $_POST["a"]); setcookie("b", "2");',
    ])
    files.file('root/log.php', [
      '<?php error_log("a line of PHP\'s"); header("HTTP/1.1 404 Not Here"); echo "x";',
    ])
    files.file('root/fails.php', ['<?php ini_set("display_errors", 0); nothing_at_all();'])
    files.file('root/stream.php', [
      '<?php header("Content-Type: text/plain"); for ($i = 0; $i < 3; $i++) { echo "$i\\n"; flush(); usleep(20000); }',
    ])
    files.file('root/endless.php', [
      '<?php header("Content-Type: text/plain"); while (true) { echo str_repeat("x", 65536); flush(); }',
    ])
    files.file('root/slow.php', ['<?php sleep(100);'])
    files.file('root/picture.jpg', ['<?php echo "a picture that is run";'], 0o644)
    php = await startPhpFpm()
  })
  afterAll(async () => {
    await php[Symbol.asyncDispose]()
    files[Symbol.dispose]()
  })

  const blog = (options: FastcgiOptions = {}): Application =>
    mount({ '/blog': fastcgi(`unix:${phpSocket(php)}`, { root: files.join('root'), ...options }) })
  const client = (options: FastcgiOptions = {}): ReturnType<typeof testClient> =>
    testClient(blog(options), { passthroughErrors: false, scheme: 'https', remoteAddress: '192.0.2.7' })

  test('knows where it is, and who asks', async () => {
    const answer = await client().get('/blog/server.php/a%20b?q=1', {
      headers: { Authorization: 'Basic YWRhOng=' },
    })
    expect(answer.json()).toMatchObject({
      SCRIPT_NAME: '/blog/server.php',
      PATH_INFO: '/a b',
      PHP_SELF: '/blog/server.php/a b',
      QUERY_STRING: 'q=1',
      REQUEST_URI: '/blog/server.php/a%20b?q=1',
      SCRIPT_FILENAME: files.join('root/server.php'),
      DOCUMENT_ROOT: files.join('root'),
      HTTPS: 'on',
      REMOTE_ADDR: '192.0.2.7',
      PHP_AUTH_USER: 'ada',
    })
  })

  test('has the index of a directory, and the front of all that is no script', async () => {
    expect((await client().get('/blog/')).text).toBe('the front of /blog/')
    expect((await client({ fallback: '/index.php' }).get('/blog/2024/bread?x')).text).toBe(
      'the front of /blog/2024/bread?x',
    )
  })

  test('runs no picture', async () => {
    for (const path of ['/blog/picture.jpg', '/blog/picture.jpg/x.php', '/blog/picture.jpg%00.php'])
      expect((await client().get(path)).status).toBe(404)
  })

  test('is given 20 MB', async () => {
    const answer = await client().post('/blog/body.php', { body: LARGE })
    expect(answer.text).toBe(`${LARGE.length} ${digestOf(LARGE)} ${LARGE.length}`)
  })

  test('redirects, and sets cookies', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const answer = await client().post('/blog/form.php', { headers, body: 'a=b%20c' })
    expect([answer.status, answer.header('location')]).toEqual([302, '/blog/done'])
    expect(answer.headersOf('set-cookie')).toEqual(['a=b%20c', 'b=2'])
  })

  test('has its status, and its log in that of the server', async () => {
    const answer = await client().get('/blog/log.php')
    expect([answer.status, answer.reason, answer.text]).toEqual([404, 'Not Here', 'x'])
    expect(answer.errors).toContain("a line of PHP's")
  })

  test('fails with 500 and an entry in the log', async () => {
    const answer = await client().get('/blog/fails.php')
    expect(answer.status).toBe(500)
    expect(answer.errors).toContain('Call to undefined function nothing_at_all()')
  })

  test('sends each part when it has it (W44)', async () => {
    const { blocks } = await client().get('/blog/stream.php')
    expect(blocks.map((block) => Buffer.from(block).toString())).toEqual(['0\n', '1\n', '2\n'])
  })

  test('ends when the client leaves: its one process is free for the next', async () => {
    const application = mount({ '/blog': fastcgi(`127.0.0.1:${php.port}`, { root: files.join('root') }) })
    await using server = await ListeningServer.start(toNodeListener(application))
    await new Promise<void>((resolve, reject) => {
      const leaving = request(`${server.url}/blog/endless.php`, (response) => {
        response.once('data', () => {
          leaving.destroy()
          resolve()
        })
      })
      leaving.on('error', reject).end()
    })
    await until(
      async () => (await (await server.fetch('/blog/index.php')).text()) === 'the front of /blog/index.php',
      DEADLINE_MS,
      () => 'it goes on',
    )
  })

  test('takes too long: 504', async () => {
    expect((await client({ timeout: 200 }).get('/blog/slow.php')).status).toBe(504)
  })

  test.each([0, 2])('answers 200 at a time, with %i kept connections', async (idleConnections) => {
    const many = client({ idleConnections, concurrency: 4, queueSize: 200 })
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => many.get(`/blog/?${i}`)))
    expect(answers.map(({ text }) => text)).toEqual(answers.map((_, i) => `the front of /blog/?${i}`))
  })
})
