// CGI scripts as applications: real ones of the shell, Perl and Python.

import { existsSync, readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from 'vitest'
import { type CgiOptions, cgiScript } from '../../../src/adapters/index.ts'
import { mount } from '../../../src/middleware/index.ts'
import { testClient } from '../../../src/testing/index.ts'
import { type Application, type ApplicationAnswer, type Environ, answerOf } from '../../../src/wsgi/index.ts'
import { isAlive } from '../../harness/processes.ts'
import { until } from '../../harness/until.ts'
import { digestOf } from '../applications.ts'
import { settled } from '../listening.ts'
import { ScriptFiles } from './script-files.ts'

const files = new ScriptFiles()
afterAll(() => files[Symbol.dispose]())

const DEADLINE_MS = 10_000
const LARGE = Buffer.alloc(20 * 1024 * 1024, 'gantry ')
const TEXT = "printf 'Content-Type: text/plain\\n\\n'"

type Client = ReturnType<typeof testClient>
const clientOf = (path: string, options: CgiOptions = {}): Client =>
  testClient(cgiScript(path, options), { passthroughErrors: false })

const blocksOf = ({ body }: ApplicationAnswer): AsyncIterator<Uint8Array, undefined> =>
  (body as AsyncIterable<Uint8Array, undefined>)[Symbol.asyncIterator]()
const nextText = async (blocks: AsyncIterator<Uint8Array, undefined>): Promise<string> =>
  Buffer.from((await blocks.next()).value ?? []).toString('latin1')
const gone = (pid: number): Promise<void> =>
  until(
    () => !isAlive(pid),
    DEADLINE_MS,
    () => `process ${pid} is alive`,
  )

/** Begins to answer a request whose context the test holds. */
async function opened(
  application: Application,
  environ: Environ = testClient(application).environ(),
): Promise<{ environ: Environ; blocks: AsyncIterator<Uint8Array, undefined> }> {
  return { environ, blocks: blocksOf(await answerOf(application, environ)) }
}

describe('the environment of a script (RFC 3875 §4.1)', () => {
  // By itself, as a shell adds variables of its own.
  const script = files.file('env', [
    '#!/usr/bin/perl',
    'print "Content-Type: text/plain\\n\\n";',
    'print "$_=$ENV{$_}\\n" for sort keys %ENV;',
  ])
  const variablesOf = (text: string): Record<string, string> =>
    Object.fromEntries(
      text
        .split('\n')
        .slice(0, -1)
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )

  test('has what the request says, PATH, and nothing of the server', async () => {
    const client = testClient(cgiScript(script), {
      scriptName: '/app',
      scheme: 'https',
      remoteAddress: '192.0.2.7',
    })
    const headers = {
      'X-One': '1',
      'X-Odd!Name': '2',
      Proxy: 'http://192.0.2.1',
      Authorization: 'Basic eDp5',
      'Content-Type': 'text/x',
    }
    const environ = { 'shop.user': 'x', REMOTE_USER: 'ada', AUTH_TYPE: 'Basic', LD_PRELOAD: '/x.so' }
    const answer = await client.post('/app/a%2Fb?q=1&r', { headers, body: 'abc', environ })
    expect(variablesOf(answer.text)).toEqual({
      AUTH_TYPE: 'Basic',
      CONTENT_LENGTH: '3',
      CONTENT_TYPE: 'text/x',
      GATEWAY_INTERFACE: 'CGI/1.1',
      HTTPS: 'on',
      HTTP_HOST: 'localhost',
      HTTP_X_ONE: '1',
      PATH: process.env['PATH'],
      PATH_INFO: '/a/b',
      QUERY_STRING: 'q=1&r',
      REMOTE_ADDR: '192.0.2.7',
      REMOTE_PORT: '50000',
      REMOTE_USER: 'ada',
      REQUEST_METHOD: 'POST',
      REQUEST_SCHEME: 'https',
      REQUEST_URI: '/app/a%2Fb?q=1&r',
      SCRIPT_FILENAME: script,
      SCRIPT_NAME: '/app',
      SERVER_NAME: 'localhost',
      SERVER_PORT: '443',
      SERVER_PROTOCOL: 'HTTP/1.1',
      SERVER_SOFTWARE: 'gantry',
    })
  })

  test('has what it is given besides', async () => {
    process.env['GANTRY_TEST_SEEN'] = 'caf\u00e9'
    const client = clientOf(script, {
      variables: { MODE: 'caf\u00e9', SERVER_NAME: 'other.example' },
      environment: ['GANTRY_TEST_SEEN', 'GANTRY_TEST_UNSET'],
      documentRoot: '/srv/www',
      authorization: true,
    })
    const answer = await client.get('/p%C3%A9', { headers: { Authorization: 'Bearer x' } })
    delete process.env['GANTRY_TEST_SEEN']
    const variables = variablesOf(answer.text)
    expect(variables).toMatchObject({
      MODE: 'caf\u00e9',
      SERVER_NAME: 'other.example',
      GANTRY_TEST_SEEN: 'caf\u00e9',
      DOCUMENT_ROOT: '/srv/www',
      PATH_TRANSLATED: '/srv/www/p\u00e9',
      HTTP_AUTHORIZATION: 'Bearer x',
    })
    expect(variables).not.toHaveProperty('GANTRY_TEST_UNSET')
    expect(variables).not.toHaveProperty('CONTENT_LENGTH')
  })

  test('has every byte, as text or not', async () => {
    const answer = await clientOf(script, { variables: { MODE: "a'b" } }).get('/%e9%0a%5c%27$(id)%25', {
      headers: { 'X-Bytes': '\xff\xfe \\0 %b' },
    })
    expect(answer.body.toString('latin1')).toContain(`\nPATH_INFO=/\xe9\n\\'$(id)%\n`)
    expect(answer.body.toString('latin1')).toContain('\nHTTP_X_BYTES=\xff\xfe \\0 %b\n')
    expect(answer.text).toContain("\nMODE=a'b\n")
  })

  test('is read from the directory of the script, with arguments that no client has chosen', async () => {
    const path = files.shell('where', TEXT, 'pwd; echo "$# $1"')
    const answer = await clientOf(path, { args: ['an argument'] }).get('/?--version+-s')
    expect(answer.text).toBe(`${files.path}\n1 an argument\n`)
  })

  test('that cannot be made is answered 400', async () => {
    expect((await clientOf(script).get('/', { environ: { PATH_INFO: '/a\0b' } })).status).toBe(400)
  })
})

describe('the body of a request', () => {
  const digests = files.perl(
    'digests',
    'use Digest::SHA; my $sha = Digest::SHA->new(256); $sha->addfile(*STDIN);',
    'print "Content-Type: text/plain\\n\\n", $ENV{CONTENT_LENGTH} // "none", " ", $sha->hexdigest;',
  )

  test('of 20 MB reaches the script', async () => {
    const answer = await clientOf(digests).post('/', { body: LARGE })
    expect(answer.text).toBe(`${LARGE.length} ${digestOf(LARGE)}`)
  })

  test('ends where CONTENT_LENGTH says, and is none without it', async () => {
    const longer = { CONTENT_LENGTH: '3', 'wsgi.input': { read: () => Promise.resolve(Buffer.from('abc')) } }
    expect((await clientOf(digests).post('/', { environ: longer })).text).toBe(
      `3 ${digestOf(Buffer.from('abc'))}`,
    )
    expect((await clientOf(digests).get('/')).text).toBe(`none ${digestOf(Buffer.alloc(0))}`)
  })

  test('may be left unread', async () => {
    const answer = await clientOf(files.shell('unread', TEXT, 'echo done')).post('/', { body: LARGE })
    expect(answer.text).toBe('done\n')
  })

  test('whose length nobody knows is answered 411', async () => {
    const environ = {
      CONTENT_LENGTH: undefined,
      'wsgi.input': { read: () => Promise.resolve(Buffer.alloc(0)) },
    }
    expect((await clientOf(digests).post('/', { environ })).status).toBe(411)
  })

  test('that ends too soon ends the script', async () => {
    const environ = { CONTENT_LENGTH: '3', 'wsgi.input': { read: () => Promise.resolve(Buffer.alloc(0)) } }
    await expect(testClient(cgiScript(digests)).post('/', { environ })).rejects.toThrow(
      'the body ended before its Content-Length',
    )
  })

  test('is read and answered line by line (W44)', async () => {
    const echo = files.perl('echo', 'print "Content-Type: text/plain\\n\\n"; while (<STDIN>) { print uc }')
    const waiting: ((block: Buffer) => void)[] = []
    const read = (): Promise<Buffer> => new Promise((resolve) => waiting.push(resolve))
    const send = async (line: string): Promise<void> => {
      await until(
        () => waiting.length > 0,
        DEADLINE_MS,
        () => 'the body is not read',
      )
      waiting.shift()!(Buffer.from(line))
    }
    // The time of the script is shorter than this test takes to send: what counts is the time that it has the word.
    const client = clientOf(echo, { timeout: '5s' })
    const opening = client.open({ method: 'POST', environ: { 'wsgi.input': { read }, CONTENT_LENGTH: '8' } })
    await send('one\n')
    const blocks = blocksOf(await opening)
    expect(await nextText(blocks)).toBe('ONE\n')
    await send('two\n')
    expect(await nextText(blocks)).toBe('TWO\n')
    expect((await blocks.next()).done).toBe(true)
  })
})

describe('the answer of a script', () => {
  test('has its status and headers', async () => {
    const script = files.python(
      'teapot',
      'import sys',
      'print("Status: 418 Short and Stout\\nContent-Type: text/plain\\nSet-Cookie: a=1\\nSet-Cookie: b=2\\nConnection: x\\n")',
      'print("tea", flush=True)',
    )
    const answer = await clientOf(script).get('/')
    expect([answer.status, answer.reason, answer.text]).toEqual([418, 'Short and Stout', 'tea\n'])
    expect(answer.headersOf('set-cookie')).toEqual(['a=1', 'b=2'])
    expect(answer.header('connection')).toBeUndefined()
  })

  test('waits for whoever reads it (back-pressure)', async () => {
    const script = files.perl(
      'endless',
      'print "Content-Type: text/plain\\n\\n"; my $b = "x" x 65536; while (1) { print $b or exit; print STDERR "."; }',
    )
    let blocksWritten = 0
    const errors = {
      write: (text: string) => void (blocksWritten += text.length),
      writelines: () => undefined,
      flush: () => undefined,
    }
    const application = cgiScript(script)
    const { environ, blocks } = await opened(
      application,
      testClient(application).environ({ environ: { 'wsgi.errors': errors } }),
    )
    await blocks.next()
    expect(await settled(() => blocksWritten)).toBeLessThan(40)
    environ['gantry.request']!.cancel()
  })

  test('to HEAD is not sent, but the script comes to its end (W43)', async () => {
    const script = files.shell('head', TEXT, 'head -c 1000000 /dev/zero', 'touch "$0.done"')
    const answer = await clientOf(script).request({ method: 'HEAD' })
    expect([answer.status, answer.body.length]).toEqual([200, 0])
    await until(
      () => existsSync(`${script}.done`),
      DEADLINE_MS,
      () => 'it was ended',
    )
  })

  test('is complete when its output is, though the script goes on', async () => {
    const script = files.shell(
      'goes-on',
      TEXT,
      'echo done',
      'exec 1>&- 2>&-',
      'while [ ! -e "$0.go" ]; do sleep 0.05; done',
    )
    const answer = await clientOf(script).get('/')
    expect(answer.text).toBe('done\n')
    files.file('goes-on.go', [])
  })

  test('may be that of another path of the site (RFC 3875 §6.2.2)', async () => {
    const script = files.shell('leads', 'printf "Location: /shop/b%%20c?d=e\\n\\n"')
    const seen: Environ[] = []
    const shop: Application = (environ, startResponse) => {
      seen.push(environ)
      startResponse('200 OK', [['Content-Type', 'text/plain']])
      return [Buffer.from('the shop')]
    }
    const site: Application = mount({ '/cgi': cgiScript(script, { site: () => site }), '/shop': shop })
    const answer = await testClient(site).post('/cgi/x?y', { body: 'abc', headers: { Cookie: 'a=1' } })
    expect(answer.text).toBe('the shop')
    const { CONTENT_LENGTH, ...environ } = seen[0]!
    expect(CONTENT_LENGTH).toBeUndefined()
    expect(environ).toMatchObject({
      REQUEST_METHOD: 'GET',
      SCRIPT_NAME: '/shop',
      PATH_INFO: '/b c',
      QUERY_STRING: 'd=e',
      REQUEST_URI: '/shop/b%20c?d=e',
      HTTP_COOKIE: 'a=1',
    })
    expect(await environ['wsgi.input'].read()).toEqual(Buffer.alloc(0))
    const alone = await clientOf(script).get('/')
    expect([alone.status, alone.header('location')]).toEqual([302, '/shop/b%20c?d=e'])
  })

  test('is 502 where scripts lead to each other for ever', async () => {
    const script = files.shell('circle', 'printf "Location: /cgi\\n\\n"')
    const site: Application = mount({ '/cgi': cgiScript(script, { site: () => site }) })
    const answer = await testClient(site, { passthroughErrors: false }).get('/cgi')
    expect(answer.status).toBe(502)
  })
})

describe('a script that fails', () => {
  test.each([
    ['is not there', 'missing', [], 0o755, 'ENOENT'],
    ['is not executable', 'not-executable', ['#!/bin/sh'], 0o644, 'EACCES'],
    ['names no interpreter that is there', 'no-interpreter', ['#!/nowhere/at/all'], 0o755, 'ENOENT'],
  ])('as it %s is answered 502', async (_what, name, lines, mode, reason) => {
    const path = lines.length === 0 ? files.join(name) : files.file(name, lines, mode)
    const { status, code, errors } = await failureOf(path)
    expect([status, code]).toEqual([502, 'GANTRY_UPSTREAM_UNREACHABLE'])
    expect(errors).toContain(`the script ${path} cannot be reached`)
    expect(errors).toContain(reason)
  })

  test.each([
    ['says nothing', 'exit 0', 'ended with exit status 0 before its headers were complete'],
    [
      'ends early',
      'printf "Content-Type: text/plain\\n"; exit 3',
      'ended with exit status 3 before its headers were complete',
    ],
    ['is killed', 'kill -KILL $$', 'was ended by SIGKILL before its answer was complete'],
    ['speaks HTTP', 'printf "HTTP/1.0 200 OK\\n\\n"', 'answered as a non-parsed-header script'],
    ['says something else', 'echo hello', 'sent a line that is no header field: "hello"'],
  ])('as it %s is answered 502', async (what, line, problem) => {
    const path = files.shell(`bad-${what.replaceAll(' ', '-')}`, line)
    const { status, code, errors } = await failureOf(path)
    expect([status, code]).toEqual([502, 'GANTRY_UPSTREAM_ANSWER_BAD'])
    expect(errors).toContain(`the script ${path} ${problem}`)
  })

  test('by a signal in the middle of its answer cuts the answer', async () => {
    const application = cgiScript(files.shell('dies', TEXT, 'echo begun', 'kill -SEGV $$'))
    const { blocks } = await opened(application)
    expect(await nextText(blocks)).toBe('begun\n')
    await expect(blocks.next()).rejects.toMatchObject({ status: 502, code: 'GANTRY_UPSTREAM_ANSWER_BAD' })
  })

  test('with an exit status, behind its answer, is in the log', async () => {
    const path = files.shell('status', TEXT, 'echo done', 'exit 4')
    const answer = await clientOf(path).get('/')
    expect(answer.text).toBe('done\n')
    expect(answer.errors).toBe(`the script ${path} ended with exit status 4\n`)
  })

  test('has its standard error in the log, line by line', async () => {
    const emitted: string[] = []
    const errors = {
      write: (text: string) => void emitted.push(text),
      writelines: () => undefined,
      flush: () => void emitted.push('(flush)'),
    }
    const script = files.perl(
      'complains',
      'print "Content-Type: text/plain\\n\\n";',
      'print STDERR "caf\\xc3"; select undef, undef, undef, 0.05; print STDERR "\\xa9 one\\ntwo";',
    )
    await clientOf(script).get('/', { environ: { 'wsgi.errors': errors } })
    await until(
      () => emitted.includes('(flush)') && emitted.join('').includes('two'),
      DEADLINE_MS,
      () => emitted.join('|'),
    )
    expect(emitted.join('').replaceAll('(flush)', '')).toBe('caf\u00e9 one\ntwo')
  })
})

describe('a script takes too long', () => {
  test('to begin: 504, and it is ended with what it has started', async () => {
    const path = files.shell('sleeps', 'sleep 100 & echo $! > "$0.pid"; wait')
    const { status, code, errors } = await failureOf(path, { timeout: 200 })
    expect([status, code]).toEqual([504, 'GANTRY_UPSTREAM_TIMEOUT'])
    expect(errors).toContain('did nothing for 0.2 s')
    await gone(Number(readFileSync(`${path}.pid`, 'utf8')))
  })

  test('to go on: the answer is cut', async () => {
    const application = cgiScript(files.shell('stops', TEXT, 'echo begun', 'exec sleep 100'), {
      timeout: 200,
    })
    const { blocks } = await opened(application)
    expect(await nextText(blocks)).toBe('begun\n')
    await expect(blocks.next()).rejects.toMatchObject({ status: 504 })
  })

  test('to end behind its answer: it is ended', async () => {
    const path = files.shell('lingers', TEXT, 'echo $$', 'exec 1>&-; exec sleep 100')
    const answer = await clientOf(path, { timeout: 200 }).get('/')
    await gone(Number(answer.text))
  })

  test('but not while it waits for the client', async () => {
    const path = files.shell('waits', TEXT, 'read -r line; echo "$line"')
    let resolveRead: (block: Buffer) => void = () => undefined
    const read = (): Promise<Buffer> => new Promise((resolve) => (resolveRead = resolve))
    const environ = { 'wsgi.input': { read }, CONTENT_LENGTH: '2' }
    const opening = clientOf(path, { timeout: 50 }).post('/', { environ })
    // Several times its limit: nothing that could be waited for tells that it still goes on.
    await new Promise((resolve) => setTimeout(resolve, 300))
    resolveRead(Buffer.from('a\n'))
    expect((await opening).text).toBe('a\n')
  })
})

describe('a client that leaves', () => {
  test('ends the script, and what it has started', async () => {
    const application = cgiScript(files.shell('long', TEXT, 'sleep 100 & echo "$$ $!"; wait'))
    const { environ, blocks } = await opened(application)
    const [own, child] = (await nextText(blocks)).split(' ').map(Number)
    environ['gantry.request']!.cancel()
    await gone(own!)
    await gone(child!)
  })

  test('ends one that does not want to', async () => {
    const application = cgiScript(
      files.perl('stubborn', '$SIG{TERM} = "IGNORE"; print "Content-Type: a/b\\n\\n$$"; sleep 1 while 1;'),
    )
    const { environ, blocks } = await opened(application)
    const pid = Number(await nextText(blocks))
    environ['gantry.request']!.cancel()
    await gone(pid)
  })
})

describe('more requests than may be', () => {
  const path = files.shell(
    'gate',
    TEXT,
    'while [ ! -e "$0.open$QUERY_STRING" ]; do sleep 0.02; done',
    'echo "$QUERY_STRING"',
  )
  const open = (name: string): string => files.file(`gate.open${name}`, [])

  test('wait, are refused, and are told that it took too long', async () => {
    const client = clientOf(path, { concurrency: 1, queueSize: 1, queueTimeout: 400 })
    const first = client.get('/?first')
    const late = client.get('/?second')
    const refused = await client.get('/?third')
    expect(refused.status).toBe(503)
    expect((await late).status).toBe(504)
    const next = client.get('/?fourth')
    open('first')
    open('fourth')
    expect((await first).text).toBe('first\n')
    expect((await next).text).toBe('fourth\n')
  })

  test('give up their place in the queue when their client leaves', async () => {
    const application = cgiScript(path, { concurrency: 1, queueSize: 1 })
    const client = testClient(application)
    const first = client.get('/?fifth')
    const environ = client.environ({ target: '/?sixth' })
    const second = answerOf(application, environ)
    environ['gantry.request']!.cancel()
    await expect(second).rejects.toThrow('the client left')
    const third = client.get('/?seventh')
    open('fifth')
    open('seventh')
    expect((await first).text).toBe('fifth\n')
    expect((await third).text).toBe('seventh\n')
  })
})

test.each([
  [{ timeout: 'soon' }, /cgiScript: timeout takes a duration/],
  [{ concurrency: 0 }, /cgiScript: concurrency takes a whole number from 1 on/],
  [{ queueSize: -1 }, /queueSize/],
  [{ variables: { 'A B': 'x' } }, /"A B" is no variable/],
  [{ variables: { A: 'x\0' } }, /"A" is no variable/],
])('%j is refused when the application is made', (options, message) => {
  expect(() => cgiScript('x', options)).toThrow(message)
})

interface Failure {
  readonly status: unknown
  readonly code: unknown
  readonly errors: string
}

async function failureOf(path: string, options: CgiOptions = {}): Promise<Failure> {
  let errors = ''
  const stream = {
    write: (text: string) => void (errors += text),
    writelines: () => undefined,
    flush: () => undefined,
  }
  const client = testClient(cgiScript(path, options))
  const error = await client
    .get('/', { environ: { 'wsgi.errors': stream } })
    .catch((thrown: unknown) => thrown)
  const { status, code } = error as { status?: unknown; code?: unknown }
  return { status, code, errors }
}
