// Bodies that a parser in front of the application has read (pain 5: "the POST hangs").

import { gzipSync } from 'node:zlib'
import express, { type RequestHandler } from 'express'
import { describe, expect, test } from 'vitest'
import { toNodeListener } from '../../src/adapters/index.ts'
import type { Application } from '../../src/wsgi/index.ts'
import { ListeningServer } from './listening.ts'

const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'

interface Seen {
  readonly body: string
  readonly length: string | undefined
  readonly type: string | undefined
  readonly encoding: string | undefined
}

const showsBody: Application = async (environ, startResponse) => {
  const body = (await environ['wsgi.input'].read()).toString('latin1')
  startResponse('200 OK', [])
  const { CONTENT_LENGTH: length, CONTENT_TYPE: type, HTTP_CONTENT_ENCODING: encoding } = environ
  return [Buffer.from(JSON.stringify({ body, length, type, encoding }))]
}

/** What the application is given of a body that `parser` has read first. */
async function behind(
  parser: RequestHandler,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Seen | string> {
  const app = express().set('env', 'test').use(parser).use(toNodeListener(showsBody))
  await using server = await ListeningServer.start(app)
  const answer = await server.fetch('/shop', { method: 'POST', body, headers })
  return answer.ok ? ((await answer.json()) as Seen) : `${answer.status} ${await answer.text()}`
}

const keepsRawBody = (request: object, _response: unknown, bytes: Buffer): void => {
  Object.assign(request, { rawBody: bytes })
}

describe('a body that was read in front of the application', () => {
  test('is taken as it was kept in rawBody', async () => {
    const body = '{ "a":1,\n"a": 2 }'
    const parser = express.json({ verify: keepsRawBody })
    const seen = await behind(parser, body, { 'Content-Type': JSON_TYPE })
    expect(seen).toEqual({ body, length: String(body.length), type: JSON_TYPE })
  })

  test('of bytes or text is passed on', async () => {
    const bytes = new Uint8Array([0, 255, 10])
    const raw = await behind(express.raw(), bytes, { 'Content-Type': 'application/octet-stream' })
    expect(raw).toMatchObject({ body: '\x00\xff\n', length: '3' })
    const text = await behind(express.text(), 'h\xe9', { 'Content-Type': 'text/plain' })
    expect(text).toMatchObject({ body: Buffer.from('h\xe9').toString('latin1'), length: '3' })
  })

  test('of JSON is written again, with its new length', async () => {
    const seen = await behind(express.json(), '{ "name": "caf\xe9", "n": [1, null] }', {
      'Content-Type': JSON_TYPE,
    })
    const body = '{"name":"caf\xc3\xa9","n":[1,null]}'
    expect(seen).toEqual({ body, length: String(body.length), type: JSON_TYPE })
  })

  test('of JSON that is one string is told from text', async () => {
    const type = { 'Content-Type': JSON_TYPE }
    expect(await behind(express.json({ strict: false }), '"abc"', type)).toMatchObject({ body: '"abc"' })
    expect(await behind(express.text({ type: () => true }), '"abc"', type)).toMatchObject({ body: '"abc"' })
  })

  test('of a flat form is written again', async () => {
    const seen = await behind(express.urlencoded(), 'name=caf%c3%a9%20&n=1', { 'Content-Type': FORM })
    expect(seen).toEqual({ body: 'name=caf%C3%A9+&n=1', length: '19', type: FORM })
  })

  test('of a form with lists is written again only if no name was shortened', async () => {
    const extended = express.urlencoded({ extended: true })
    const type = { 'Content-Type': FORM }
    expect(await behind(extended, 'a=1&a=2&b=3', type)).toMatchObject({ body: 'a=1&a=2&b=3' })
    expect(await behind(extended, 'a[]=1&a[]=2', type)).toMatch(/^500 /)
    expect(await behind(extended, 'a%5B%5D=1&a%5B%5D=2', type)).toMatch(/^500 /)
    expect(await behind(express.urlencoded({ extended: false }), 'a[]=1&a[]=2', type)).toMatchObject({
      body: 'a%5B%5D=1&a%5B%5D=2',
    })
  })

  test('that was packed is passed on unpacked, and says so', async () => {
    const packed = new Uint8Array(gzipSync('{"a":1}'))
    const headers = { 'Content-Type': JSON_TYPE, 'Content-Encoding': 'gzip' }
    expect(await behind(express.json(), packed, headers)).toEqual({
      body: '{"a":1}',
      length: '7',
      type: JSON_TYPE,
    })
    const kept = await behind(express.json({ verify: keepsRawBody }), packed, headers)
    expect(kept).toEqual({ body: '{"a":1}', length: '7', type: JSON_TYPE })
  })

  test('is UTF-8 from then on, whatever it was', async () => {
    const latin1 = new Uint8Array(Buffer.from('h\xe9', 'latin1'))
    const seen = await behind(express.text(), latin1, { 'Content-Type': 'text/plain; charset=latin1; x=y' })
    expect(seen).toMatchObject({ body: 'h\xc3\xa9', length: '3', type: 'text/plain; charset=utf-8; x=y' })
  })

  test('and cannot be made again fails loudly, saying what to do', async () => {
    const swallow: RequestHandler = (request, _response, next) => {
      request.resume().on('end', () => next())
    }
    for (const type of ['multipart/form-data; boundary=x', JSON_TYPE, FORM])
      expect(await behind(swallow, 'a=1', { 'Content-Type': type })).toContain('GantryError')
    const nested = await behind(express.urlencoded({ extended: true }), 'a[b]=1', { 'Content-Type': FORM })
    expect(nested).toContain('the body of POST /shop (application/x-www-form-urlencoded) was read')
  })

  test('by half fails loudly as well', async () => {
    const nibble: RequestHandler = (request, _response, next) => {
      request.once('readable', () => {
        request.read(1)
        next()
      })
    }
    expect(await behind(nibble, 'abc', { 'Content-Type': 'text/plain' })).toContain('GantryError')
  })
})
