// A directory of CGI scripts as an application: what is found there, and that nothing else is.

import { mkdirSync, symlinkSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cgiDirectory } from '../../../src/adapters/index.ts'
import { mount } from '../../../src/middleware/index.ts'
import { testClient } from '../../../src/testing/index.ts'
import { ScriptFiles } from './script-files.ts'

const files = new ScriptFiles()
const SHOWS = ["printf 'Content-Type: text/plain\\n\\n'", 'echo "$SCRIPT_NAME|$PATH_INFO|$(pwd)"']
afterAll(() => files[Symbol.dispose]())
beforeAll(() => {
  files.shell('cgi-bin/show.cgi', ...SHOWS)
  files.shell('cgi-bin/sub/inner', ...SHOWS)
  files.shell('cgi-bin/caf\u00e9 x', ...SHOWS)
  files.shell('cgi-bin/.hidden', ...SHOWS)
  files.file('cgi-bin/notes.txt', ['a secret'], 0o644)
  files.shell('outside', ...SHOWS)
  files.shell('cgi-bin-too/script', ...SHOWS)
  symlinkSync('show.cgi', files.join('cgi-bin/link-within'))
  symlinkSync('../outside', files.join('cgi-bin/link-without'))
  symlinkSync('..', files.join('cgi-bin/up'))
  symlinkSync('../cgi-bin-too', files.join('cgi-bin/too'))
  mkdirSync(files.join('cgi-bin/empty'))
})

const client = testClient(mount({ '/cgi-bin': cgiDirectory(files.join('cgi-bin')) }))

describe('what is found', () => {
  test.each([
    ['/cgi-bin/show.cgi', '/cgi-bin/show.cgi||', 'cgi-bin'],
    ['/cgi-bin/show.cgi/', '/cgi-bin/show.cgi|/|', 'cgi-bin'],
    ['/cgi-bin/show.cgi/a%20b//c?d', '/cgi-bin/show.cgi|/a b//c|', 'cgi-bin'],
    ['/cgi-bin/show.cgi/../../etc', '/cgi-bin/show.cgi|/../../etc|', 'cgi-bin'],
    ['/cgi-bin/sub/inner/x', '/cgi-bin/sub/inner|/x|', 'cgi-bin/sub'],
    ['/cgi-bin/sub%2Finner', '/cgi-bin/sub/inner||', 'cgi-bin/sub'],
    ['/cgi-bin/caf%C3%A9%20x', '/cgi-bin/caf\u00e9 x||', 'cgi-bin'],
    ['/cgi-bin/link-within/x', '/cgi-bin/link-within|/x|', 'cgi-bin'],
  ])('%s', async (target, told, directory) => {
    const answer = await client.get(target)
    expect([answer.status, answer.text]).toEqual([200, `${told}${files.join(directory)}\n`])
  })
})

describe('what is not', () => {
  test.each([
    '/cgi-bin',
    '/cgi-bin/',
    '/cgi-bin/nothing',
    '/cgi-bin/empty/',
    '/cgi-bin/sub',
    '/cgi-bin/.hidden',
    '/cgi-bin/../outside',
    '/cgi-bin/%2e%2e/outside',
    '/cgi-bin/..%2foutside',
    '/cgi-bin/sub/../../outside',
    '/cgi-bin//show.cgi',
    '/cgi-bin/./show.cgi',
    '/cgi-bin/..%5coutside',
    '/cgi-bin/link-without',
    '/cgi-bin/up/outside',
    '/cgi-bin/too/script',
    '/cgi-bin/%e9',
    `/cgi-bin/${'x'.repeat(300)}`,
  ])('%s', async (target) => {
    const answer = await client.get(target)
    expect([answer.status, answer.text]).toEqual([404, '404 Not Found\n'])
  })

  test('a path with a NUL', async () => {
    expect(
      (await client.get('/cgi-bin/show.cgi', { environ: { PATH_INFO: '/cgi-bin/show.cgi\0' } })).status,
    ).toBe(404)
  })

  test('a file that is not executable: it is neither run nor read out, and the log says why', async () => {
    const answer = await client.get('/cgi-bin/notes.txt')
    expect([answer.status, answer.text]).toEqual([403, '403 Forbidden\n'])
    expect(answer.errors).toContain('notes.txt is no script, as it is not executable')
  })

  test('a directory that is not there', async () => {
    expect((await testClient(cgiDirectory(files.join('nowhere'))).get('/x')).status).toBe(404)
  })
})
