// Which file php-fpm is told to run, and that it is never another one.

import { mkdirSync, symlinkSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPhpScript } from '../../../src/adapters/fastcgi/php-script.ts'
import { fastcgi } from '../../../src/adapters/index.ts'
import { mount } from '../../../src/middleware/index.ts'
import { testClient } from '../../../src/testing/index.ts'
import { ScriptFiles } from '../cgi/script-files.ts'

const files = new ScriptFiles()
const root = files.join('root')
afterAll(() => files[Symbol.dispose]())
beforeAll(() => {
  for (const name of [
    'index.php',
    'a.php',
    'sub/index.php',
    'sub/caf\u00e9.php',
    'd.php/inner.php',
    'x.html',
    'up/picture.jpg',
    '.env.php',
    'x.phps',
  ])
    files.file(`root/${name}`, ['x'], 0o644)
  mkdirSync(files.join('root/empty'))
  files.file('outside.php', ['x'], 0o644)
  symlinkSync('../outside.php', files.join('root/out.php'))
  symlinkSync('up/picture.jpg', files.join('root/looks-like.php'))
})

const php = { root, index: 'index.php', extension: '.php', fallback: undefined }

async function found(path: string, fallback?: string): Promise<unknown> {
  const environ = testClient(() => []).environ({ environ: { SCRIPT_NAME: '/blog', PATH_INFO: path } })
  const script = await findPhpScript({ ...php, fallback }, environ)
  if (script?.type !== 'script') return script?.type
  const { SCRIPT_FILENAME = '', SCRIPT_NAME, PATH_INFO } = script.variables
  return [SCRIPT_FILENAME.slice(root.length), SCRIPT_NAME, PATH_INFO]
}

test.each([
  ['/a.php', '/a.php', '/blog/a.php', ''],
  ['/a.php/', '/a.php', '/blog/a.php', '/'],
  ['/a.php/x/y.php', '/a.php', '/blog/a.php', '/x/y.php'],
  ['/', '/index.php', '/blog/index.php', ''],
  ['/sub/', '/sub/index.php', '/blog/sub/index.php', ''],
  ['/sub/caf\xc3\xa9.php/x', '/sub/caf\xc3\xa9.php', '/blog/sub/caf\xc3\xa9.php', '/x'],
  ['/d.php/inner.php', '/d.php/inner.php', '/blog/d.php/inner.php', ''],
])('%s is %s', async (path, file, scriptName, pathInfo) => {
  expect(await found(path)).toEqual([file, scriptName, pathInfo])
})

test.each(['', '/sub'])('%j is a directory, which has a slash at its end', async (path) => {
  expect(await found(path)).toBe('directory')
})

describe('what is no script', () => {
  test.each([
    '/nothing.php',
    '/x.html',
    '/x.phps',
    '/up/picture.jpg',
    // The classic: PHP would run the picture that somebody has sent.
    '/up/picture.jpg/x.php',
    '/up/picture.jpg/.php',
    '/looks-like.php',
    '/empty/',
    '/empty',
    '/.env.php',
    '/out.php',
    '/../outside.php',
    '/sub/../a.php',
    '//a.php',
    '/a.php\0.jpg',
    '/\xe9.php',
  ])('%j', async (path) => {
    expect(await found(path)).toBeUndefined()
    expect(await found(path, '/index.php')).toEqual(['/index.php', '/blog/index.php', ''])
  })
})

test('a fallback that is not there is none', async () => {
  expect(await found('/x', '/front.php')).toBeUndefined()
})

test('a root that is not there has no scripts, and a server that is not there is not asked', async () => {
  const client = testClient(fastcgi('127.0.0.1:1', { root: files.join('nowhere') }))
  expect((await client.get('/index.php')).status).toBe(404)
})

test.each([
  ['/blog', '/blog/'],
  ['/blog?a=1?b', '/blog/?a=1?b'],
  ['/blog/sub', '/blog/sub/'],
])('%s is sent to %s', async (target, location) => {
  const client = testClient(mount({ '/blog': fastcgi('127.0.0.1:1', { root }) }))
  const answer = await client.get(target)
  expect([answer.status, answer.header('location')]).toEqual([301, location])
})
