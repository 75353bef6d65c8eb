// examples/express-with-flask and examples/hono-with-django, run as their READMEs say.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FetchClient } from '../frameworks/clients/fetch-client.ts'
import { type ClientAnswer, headersOf, textOf } from '../frameworks/clients/client.ts'
import { makeDjangoDatabase } from '../frameworks/django-database.ts'
import { Visitor, linksOf } from '../frameworks/visitor.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { findTestPython } from '../harness/test-python.ts'
import { digestOf } from '../adapters/applications.ts'
import { NodeServerExample } from './node-server.ts'

const DOWNLOAD_DIGEST = '3a72567c6ef8c6e1550e1cd1fd723ddf28e2d929776e5d60365fd6fe6a941ab4'
const testPython = await findTestPython()
const bodyOf = (answer: ClientAnswer): Buffer => Buffer.concat([...answer.blocks])

describe.skipIf(!testPython.has('flask'))('examples/express-with-flask', () => {
  let example: NodeServerExample
  beforeAll(async () => {
    const program = 'examples/express-with-flask/server.js'
    example = await NodeServerExample.start(program, { PYTHON: testPython.python })
  })
  afterAll(() => example[Symbol.asyncDispose]())
  const visitor = (): Visitor => new Visitor(new FetchClient(), example.url)

  test('has Express at the root, with its own body parser, and links to what is mounted', async () => {
    expect(linksOf(textOf(await visitor().get('/')))).toEqual(['/legacy/'])
    const headers = { 'Content-Type': 'application/json' }
    const echoed = await visitor().post('/api/echo', { headers, body: Buffer.from('{"a":1}') })
    expect(textOf(echoed)).toBe('{"a":1}')
  })

  test("takes a form, and leads back to it below the mount, in Flask's session", async () => {
    const somebody = visitor()
    const posted = await somebody.postFields('/legacy/form', { message: 'caf\u00e9' })
    expect([posted.status, headersOf(posted, 'location')]).toEqual([303, ['/legacy/form']])
    expect(textOf(await somebody.get('/legacy/form'))).toContain('caf\u00e9')
  })

  test('gives the download, the redirect and the page of Flask, all with links below the mount', async () => {
    expect(digestOf(bodyOf(await visitor().get('/legacy/download')))).toBe(DOWNLOAD_DIGEST)
    expect(headersOf(await visitor().get('/legacy/redirect'), 'location')).toEqual(['/legacy/'])
    const links = linksOf(textOf(await visitor().get('/legacy/')))
    expect(links.filter((link) => link.startsWith('/') && !link.startsWith('/legacy'))).toEqual([])
    expect(links.length).toBeGreaterThan(3)
  })

  test('answers from outside and inside as one site', async () => {
    const where = JSON.parse(textOf(await visitor().get('/legacy/where'))) as object
    expect(where).toMatchObject({ script_name: '/legacy', self_url: `${example.url}/legacy/where` })
  })

  test('ends with everything it has started when it is told to', async () => {
    expect(await example.stop()).toBe(0)
  })
})

describe.skipIf(!testPython.has('django'))('examples/hono-with-django', () => {
  const directory = new TemporaryDirectory()
  let example: NodeServerExample
  beforeAll(async () => {
    const database = directory.join('db.sqlite3')
    await makeDjangoDatabase(testPython.python, database)
    const env = { PYTHON: testPython.python, DJANGO_DATABASE: database }
    example = await NodeServerExample.start('examples/hono-with-django/server.js', env)
  })
  afterAll(async () => {
    await example[Symbol.asyncDispose]()
    directory[Symbol.dispose]()
  })
  const visitor = (): Visitor => new Visitor(new FetchClient(), example.url)

  test('has Hono at the root, and links to what is mounted', async () => {
    expect(linksOf(textOf(await visitor().get('/')))).toEqual(['/shop/'])
    expect(textOf(await visitor().get('/api/hello/you'))).toBe('{"hello":"you"}')
  })

  test('takes a form with its CSRF token, and leads back to it below the mount', async () => {
    const somebody = visitor()
    const posted = await somebody.fillIn('/shop/form', { message: 'caf\u00e9' })
    expect([posted.status, headersOf(posted, 'location')]).toEqual([302, ['/shop/form']])
    expect(textOf(await somebody.get('/shop/form'))).toContain('caf\u00e9')
  })

  test("has the admin's login page with its static files below the mount", async () => {
    const page = await visitor().get('/shop/admin/login/')
    const style = linksOf(textOf(page)).find((link) => link.endsWith('.css')) ?? ''
    expect(style).toMatch(/^\/shop\/static\/admin\//)
    const answer = await visitor().get(style)
    expect([answer.status, headersOf(answer, 'content-type')]).toEqual([200, ['text/css; charset="utf-8"']])
  })

  test('gives the download and the redirect', async () => {
    expect(digestOf(bodyOf(await visitor().get('/shop/download')))).toBe(DOWNLOAD_DIGEST)
    expect(headersOf(await visitor().get('/shop/redirect'), 'location')).toEqual(['/shop/'])
  })

  test('ends with everything it has started when it is told to', async () => {
    expect(await example.stop()).toBe(0)
  })
})
