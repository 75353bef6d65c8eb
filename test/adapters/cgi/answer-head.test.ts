// What a CGI script may say before its body.

import { describe, expect, test } from 'vitest'
import { type HeadStep, ScriptHeadReader } from '../../../src/adapters/cgi/answer-head.ts'

const readWhole = (text: string): HeadStep => new ScriptHeadReader().read(Buffer.from(text, 'latin1'))

/** The same bytes one by one: what comes out must not depend on how they were cut. */
function readByByte(text: string): HeadStep {
  const reader = new ScriptHeadReader()
  const bytes = Buffer.from(text, 'latin1')
  for (let at = 0; at < bytes.length; at++) {
    const step = reader.read(bytes.subarray(at, at + 1))
    if (step.type === 'end') return { ...step, rest: Buffer.concat([step.rest, bytes.subarray(at + 1)]) }
    if (step.type === 'problem') return step
  }
  return { type: 'more' }
}

const GOOD: [rule: string, text: string, status: string, headers: [string, string][], rest: string][] = [
  [
    '§6.2.1 a document',
    'Content-Type: text/plain\n\nbody',
    '200 OK',
    [['Content-Type', 'text/plain']],
    'body',
  ],
  [
    'line ends of both kinds',
    'Content-Type: a/b\r\nX-A: 1\n\r\n\nb',
    '200 OK',
    [
      ['Content-Type', 'a/b'],
      ['X-A', '1'],
    ],
    '\nb',
  ],
  [
    'white space round a value',
    'Content-Type:a/b\nX-A:\t 1 2 \t\n\n',
    '200 OK',
    [
      ['Content-Type', 'a/b'],
      ['X-A', '1 2'],
    ],
    '',
  ],
  ['§6.3.3 a status with a reason', 'Status: 404 Not Here\n\n', '404 Not Here', [], ''],
  ['a status without one', 'Status: 204\n\n', '204', [], ''],
  ['names in any case', 'STATUS: 201 Made\ncontent-type: a/b\n\n', '201 Made', [['content-type', 'a/b']], ''],
  [
    '§6.2.3 a redirect of the client',
    'Location: https://a.example/b\n\n',
    '302 Found',
    [['Location', 'https://a.example/b']],
    '',
  ],
  [
    '§6.2.4 one with a document',
    'Status: 301 Moved\nLocation: https://a.example/\nContent-Type: a/b\n\nx',
    '301 Moved',
    [
      ['Location', 'https://a.example/'],
      ['Content-Type', 'a/b'],
    ],
    'x',
  ],
  [
    'a path with another field, which would be lost',
    'Location: /a\nSet-Cookie: a=1\n\n',
    '302 Found',
    [
      ['Location', '/a'],
      ['Set-Cookie', 'a=1'],
    ],
    '',
  ],
  [
    'a path with a status',
    'Status: 303 See Other\nLocation: /a\n\n',
    '303 See Other',
    [['Location', '/a']],
    '',
  ],
  [
    'another host without a scheme',
    'Location: //a.example/\n\n',
    '302 Found',
    [['Location', '//a.example/']],
    '',
  ],
  ['a path that cannot be one', 'Location: /a%zz\n\n', '302 Found', [['Location', '/a%zz']], ''],
  [
    'a field several times',
    'Status: 200 OK\nSet-Cookie: a=1\nSet-Cookie: b=2\n\n',
    '200 OK',
    [
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
    ],
    '',
  ],
  [
    '§6.3.4 nothing of the connection',
    'Status: 200 OK\nConnection: close\nTransfer-Encoding: chunked\nKeep-Alive: 1\nUpgrade: x\nProxy-Authenticate: x\n\n',
    '200 OK',
    [],
    '',
  ],
  [
    '§6.3.5 nothing for the server alone',
    'Content-Type: a/b\nX-CGI-Anything: 1\n\n',
    '200 OK',
    [['Content-Type', 'a/b']],
    '',
  ],
  [
    'bytes of latin-1',
    'Content-Type: a/b\nX-A: caf\xe9\n\n\xff',
    '200 OK',
    [
      ['Content-Type', 'a/b'],
      ['X-A', 'caf\xe9'],
    ],
    '\xff',
  ],
]

const BAD: [rule: string, text: string, problem: RegExp][] = [
  ['§5 a non-parsed header', 'HTTP/1.1 200 OK\nContent-Type: a/b\n\n', /non-parsed-header/],
  ['no CGI field', 'X-A: 1\n\nbody', /without a Content-Type, a Location or a Status/],
  ['no field at all', '\nbody', /without a Content-Type/],
  ['a document without a head', '<html>\n', /no header field: "<html>"/],
  ['§6.3 a line that goes on', 'Content-Type: a/b\n  ; c=d\n\n', /no header field/],
  ['white space before the colon', 'Content-Type : a/b\n\n', /no header field/],
  ['a control character', 'Content-Type: a/b\nX-A: 1\x002\n\n', /no header field/],
  ['a CR within a line', 'Content-Type: a/b\rX-A: 1\n\n', /no header field/],
  ['§6.3 a CGI field twice', 'Status: 200 OK\nstatus: 404 Not Found\n\n', /status more than once/],
  ['two types', 'Content-Type: a/b\nContent-Type: c/d\n\n', /content-type more than once/],
  [
    'two lengths',
    'Content-Type: a/b\nContent-Length: 1\nContent-Length: 1\n\n',
    /content-length more than once/,
  ],
  ['a length that is none', 'Content-Type: a/b\nContent-Length: -1\n\n', /Content-Length that is none: "-1"/],
  ['a status that is none', 'Status: fine\n\n', /Status that is none: "fine"/],
  ['an interim status', 'Status: 100 Continue\n\n', /Status that is none/],
  ['too much', `Content-Type: a/b\nX-A: ${'a'.repeat(70_000)}\n\n`, /more than 65536 bytes/],
]

describe.each([
  ['at once', readWhole],
  ['byte by byte', readByByte],
])('a head that is read %s', (_how, read) => {
  test.each(GOOD)('%s', (_rule, text, status, headers, rest) => {
    const step = read(text)
    expect(step).toEqual({
      type: 'end',
      head: { type: 'head', status, headers },
      rest: Buffer.from(rest, 'latin1'),
    })
  })

  test.each(BAD)('%s is a breach', (_rule, text, problem) => {
    expect(read(text)).toEqual({ type: 'problem', text: expect.stringMatching(problem) as string })
  })

  test('§6.2.2 nothing but a path leads to another one', () => {
    const step = read('Location: /a%20b?c=d\r\n\r\n')
    expect(step).toMatchObject({ type: 'end', head: { type: 'local-redirect', target: '/a%20b?c=d' } })
  })

  test('is not at its end without an empty line', () => {
    expect(read('Content-Type: a/b\nX-A: 1\n')).toEqual({ type: 'more' })
  })
})

test('a head without an end is refused when it is too long', () => {
  const reader = new ScriptHeadReader()
  const block = Buffer.alloc(16_384, 'a')
  const steps = Array.from({ length: 5 }, () => reader.read(block).type)
  expect(steps).toEqual(['more', 'more', 'more', 'more', 'problem'])
})
