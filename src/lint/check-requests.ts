// What `gantry check` asks an application: the kinds of requests that clients send, and that applications trip over.

import type { TestRequest } from '../testing/test-client.ts'

/** A request of the check, and why it is sent. */
export interface CheckRequest {
  readonly name: string
  readonly request: TestRequest
}

// More than Gantry keeps in memory: what is larger comes to an application from a file.
const LARGE_BODY_BYTES = 100_000
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' }
const JSON_TYPE = { 'Content-Type': 'application/json', Accept: 'application/json' }

/** In the order in which they are sent. Deterministic: each run asks the same. */
export const CHECK_REQUESTS: readonly CheckRequest[] = [
  { name: 'the root', request: { target: '/' } },
  { name: 'the root, without its body', request: { method: 'HEAD', target: '/' } },
  { name: 'a path that nobody knows', request: { target: '/gantry-check/unknown' } },
  {
    name: 'a path with an encoded slash, and beyond ASCII',
    request: { target: '/gantry-check/a%2Fb/caf%C3%A9' },
  },
  { name: 'a path whose bytes are no UTF-8', request: { target: '/gantry-check/%ff%fe' } },
  { name: 'a query', request: { target: '/?q=caf%C3%A9&q=2&empty=&=&flag' } },
  {
    name: 'a form',
    request: { method: 'POST', target: '/', headers: FORM, body: 'name=rye&note=caf%C3%A9' },
  },
  {
    name: 'JSON',
    request: { method: 'POST', target: '/', headers: JSON_TYPE, body: '{"name":"caf\u00e9"}' },
  },
  { name: 'an empty body', request: { method: 'POST', target: '/', headers: FORM, body: '' } },
  { name: 'a large body', request: largeBody() },
  { name: 'a body whose length nobody knows yet (chunked, --stream-requests)', request: lengthless() },
  {
    name: 'a body that nobody reads',
    request: { method: 'POST', target: '/gantry-check/unknown', body: 'unread' },
  },
  { name: 'the methods that there are', request: { method: 'OPTIONS', target: '/' } },
  { name: 'a method that nobody knows', request: { method: 'GANTRYCHECK', target: '/' } },
  { name: 'cookies, and fields that come twice', request: repeatedFields() },
  { name: 'an answer that the client may have already', request: conditional() },
  { name: 'a part of the answer', request: { target: '/', headers: { Range: 'bytes=0-9' } } },
  { name: 'a body that waits for 100 Continue', request: expecting() },
  { name: 'a client of HTTP/1.0', request: { target: '/', environ: { SERVER_PROTOCOL: 'HTTP/1.0' } } },
]

function largeBody(): TestRequest {
  const headers = { 'Content-Type': 'application/octet-stream' }
  return { method: 'PUT', target: '/gantry-check/large', headers, body: new Uint8Array(LARGE_BODY_BYTES) }
}

function lengthless(): TestRequest {
  return {
    method: 'POST',
    target: '/',
    headers: FORM,
    body: 'name=rye',
    environ: { CONTENT_LENGTH: undefined },
  }
}

function repeatedFields(): TestRequest {
  return {
    target: '/',
    headers: [
      ['Accept', 'text/html'],
      ['Accept', 'application/json;q=0.5'],
      ['Cookie', 'a=1'],
      ['Cookie', 'b="2 3"'],
      ['X-Forwarded-For', '192.0.2.1'],
    ],
  }
}

function conditional(): TestRequest {
  const headers = { 'If-None-Match': '*', 'If-Modified-Since': 'Fri, 31 Dec 2100 23:59:59 GMT' }
  return { target: '/', headers }
}

function expecting(): TestRequest {
  return { method: 'POST', target: '/', headers: { ...FORM, Expect: '100-continue' }, body: 'name=rye' }
}
