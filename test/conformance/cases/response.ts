// The answer on the wire: W40 to W44 and W49 to W51.

import { absent } from '../conformance-case.ts'
import type { CaseAnswer, ConformanceCase } from '../conformance-case.ts'

const INTERNAL_ERROR = 'HTTP/1.1 500 Internal Server Error'
const DATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d GMT$/
const HTTP_1_0 = { version: '1.0' } as const
const KEEP_ALIVE = { version: '1.0', fields: ['Connection: keep-alive'] } as const

const tooMuch: ConformanceCase[] = ['list', 'generator', 'write'].map((how) => ({
  id: 'W41',
  rule: `more data than declared (${how}) is cut and logged`,
  application: 'writes_too_much',
  request: { target: `?${how}` },
  answer: {
    body: 'hello',
    fields: { 'Content-Length': '5' },
    log: [/ error Error on request .*writes_too_much.*\n.*beyond its Content-Length/],
  },
}))

const tooLittle: ConformanceCase[] = ['list', 'generator', 'write'].map((how) => ({
  id: 'W41',
  rule: `less data than declared (${how}) cuts the connection and is logged`,
  application: 'writes_too_little',
  request: { target: `?${how}` },
  answer: {
    body: 'hello',
    fields: { 'Content-Length': '10' },
    connection: 'cut',
    log: [/fewer than its Content-Length/],
  },
}))

const known: CaseAnswer = { body: 'hello', fields: { 'Content-Length': '5', 'Transfer-Encoding': absent } }
const chunked: CaseAnswer = {
  body: 'hello',
  fields: { 'Content-Length': absent, 'Transfer-Encoding': 'chunked' },
}
const nothing: CaseAnswer = { body: '', fields: { 'Content-Length': '0', 'Transfer-Encoding': absent } }
const byClosing: CaseAnswer = {
  body: 'hello',
  fields: { 'Content-Length': absent, 'Transfer-Encoding': absent, Connection: 'close' },
  connection: 'closed',
}

const framing: ConformanceCase[] = [
  { kind: 'list-of-one', rule: 'one block in a list has its length added', answer: known },
  { kind: 'tuple-of-one', rule: 'one block in a tuple has its length added', answer: known },
  {
    kind: 'of-length-one',
    rule: 'one block in any iterable with a length of 1 has its length added',
    answer: known,
  },
  { kind: 'empty-list', rule: 'an empty list has the length 0 added', answer: nothing },
  { kind: 'empty-tuple', rule: 'an empty tuple has the length 0 added', answer: nothing },
  { kind: 'generator', rule: 'a generator is sent in chunks', answer: chunked },
  { kind: 'list', rule: 'several blocks are sent in chunks', answer: { ...chunked, chunks: ['hel', 'lo'] } },
].map(({ kind, rule, answer }) => ({
  id: 'W42',
  rule,
  application: 'returns_each_iterable',
  request: { target: `?${kind}` },
  answer,
}))

const http10: ConformanceCase[] = [
  {
    id: 'W42',
    rule: 'an HTTP/1.0 client gets an answer without length until the connection closes',
    application: 'returns_each_iterable',
    request: { ...HTTP_1_0, target: '?generator' },
    answer: byClosing,
  },
  {
    id: 'W42',
    rule: 'an HTTP/1.0 client that asks for keep-alive gets an answer without length until the connection closes',
    application: 'returns_each_iterable',
    request: { ...KEEP_ALIVE, target: '?generator' },
    answer: byClosing,
  },
  {
    id: 'W42',
    rule: 'an HTTP/1.0 client that asks for keep-alive and gets a length keeps the connection',
    application: 'returns_each_iterable',
    request: { ...KEEP_ALIVE, target: '?list-of-one' },
    answer: { body: 'hello', fields: { 'Content-Length': '5', Connection: 'keep-alive' } },
  },
  {
    id: 'W42',
    rule: 'an HTTP/1.0 client that does not ask for keep-alive has the connection closed',
    application: 'answers_hello',
    request: HTTP_1_0,
    answer: { body: 'hello', fields: { Connection: 'close' }, connection: 'closed' },
  },
]

const head: ConformanceCase[] = [
  ...['list', 'list-of-one', 'generator', 'with-iter'].map((kind) => ({
    id: 'W43',
    rule: `HEAD sends no body (${kind})`,
    application: 'returns_each_iterable',
    request: { method: 'HEAD', target: `?${kind}` },
    answer: { body: '', fields: { 'Content-Type': 'text/plain' } },
  })),
  {
    id: 'W43',
    rule: "HEAD keeps the application's Content-Length",
    application: 'declares_its_length',
    request: { method: 'HEAD' },
    answer: { body: '', fields: { 'Content-Length': '5' } },
  },
  {
    id: 'W43',
    rule: 'HEAD sends no body that was written',
    application: 'writes_and_returns',
    request: { method: 'HEAD' },
    answer: { body: '', fields: { 'Content-Length': '12' } },
  },
  {
    id: 'W43',
    rule: 'HEAD with an error sends no error page',
    application: 'raises_before_headers',
    request: { method: 'HEAD' },
    answer: { statusLine: INTERNAL_ERROR, body: '' },
  },
]

const bodiless: ConformanceCase[] = [
  {
    id: 'W43',
    rule: '204 has no body and no Content-Length',
    application: 'has_no_body_by_status',
    request: { target: '?204' },
    answer: {
      statusLine: 'HTTP/1.1 204 No Content',
      fields: { 'X-Started': 'yes', 'Content-Length': absent, 'Transfer-Encoding': absent },
    },
  },
  {
    id: 'W43',
    rule: '204 loses the Content-Length that the application set (RFC 9110 section 8.6)',
    application: 'has_no_body_by_status',
    request: { target: '?204:16' },
    answer: { statusLine: 'HTTP/1.1 204 No Content', fields: { 'Content-Length': absent } },
  },
  {
    id: 'W43',
    rule: '304 has no body',
    application: 'has_no_body_by_status',
    request: { target: '?304' },
    answer: {
      statusLine: 'HTTP/1.1 304 Not Modified',
      fields: { 'Content-Length': absent, 'Transfer-Encoding': absent },
    },
  },
  {
    id: 'W43',
    rule: '304 keeps the Content-Length that GET would have (RFC 9110 section 15.4.5)',
    application: 'has_no_body_by_status',
    request: { target: '?304:16' },
    answer: { statusLine: 'HTTP/1.1 304 Not Modified', fields: { 'Content-Length': '16' } },
  },
]

const errors: ConformanceCase[] = [
  ...['call', 'iteration'].map((where) => ({
    id: 'W49',
    rule: `an exception before the headers (${where}) gives a plain 500 and a traceback in the log`,
    application: 'raises_before_headers',
    request: { target: `?${where}` },
    answer: {
      statusLine: INTERNAL_ERROR,
      body: /^500 Internal Server Error\n$/,
      fields: { 'Content-Type': /^text\/plain/ },
      log: [
        new RegExp(`Error on request \\S+ GET /raises_before_headers\\?${where}\\n`),
        /Traceback \(most recent call last\):\n(.*\n)*.*in fail\n(.*\n)*.*LookupError: a secret of the application\n/,
      ],
    },
    typescript: {
      log: [
        new RegExp(
          `Error on request \\S+ GET /raises_before_headers\\?${where}\\n +RangeError: a secret of the application\\n +at fail `,
        ),
      ],
    },
  })),
  ...['chunks', 'length'].map((how) => ({
    id: 'W49',
    rule: `an exception after the headers (${how}) is logged and cuts the answer`,
    application: 'raises_after_headers',
    request: { target: `?${how}` },
    answer: {
      body: 'begun',
      connection: 'cut' as const,
      log: [
        new RegExp(`Error on request \\S+ GET /raises_after_headers\\?${how}\\n`),
        /(Lookup|Range)Error: a secret of the application\n/,
      ],
    },
  })),
  {
    id: 'W49',
    rule: 'an exception of close() is logged',
    application: 'raises_in_close',
    answer: {
      body: 'hello',
      connection: 'cut',
      log: [/Error on request .*\n(.*\n)*.*(Lookup|Range)Error: raised by close\(\)/],
    },
  },
  ...['SystemExit', 'KeyboardInterrupt'].map((kind) => ({
    id: 'W51',
    only: 'python' as const,
    rule: `${kind} of an application is logged and answered with 500`,
    application: 'raises_to_exit',
    request: { target: `?${kind}` },
    answer: {
      statusLine: INTERNAL_ERROR,
      body: /^500 /,
      log: [
        new RegExp(
          `Error on request \\S+ GET /raises_to_exit\\?${kind} – .*the server goes on\\n(.*\\n)*.*${kind}: the application`,
        ),
      ],
    },
  })),
  {
    id: 'W51',
    only: 'python',
    rule: 'SystemExit after the headers cuts the answer',
    application: 'raises_to_exit',
    request: { target: '?later' },
    answer: { body: 'begun', connection: 'cut', log: [/SystemExit: the application wants to end/] },
  },
]

export const responseCases: readonly ConformanceCase[] = [
  {
    id: 'W40',
    rule: 'Date and Server are added',
    application: 'answers_hello',
    answer: { fields: { Date: DATE, Server: 'gantry' }, body: 'hello' },
  },
  {
    id: 'W40',
    rule: "the application's Date and Server are kept",
    application: 'sets_date_and_server',
    answer: { fields: { Date: 'Sun, 06 Nov 1994 08:49:37 GMT', Server: 'its own' } },
  },
  {
    id: 'W41',
    rule: "the application's Content-Length is kept",
    application: 'declares_its_length',
    answer: { body: 'hello', fields: { 'Content-Length': '5', 'Transfer-Encoding': absent } },
  },
  ...tooMuch,
  ...tooLittle,
  {
    id: 'W41',
    rule: 'no data at all where some was declared does not look like an answer',
    application: 'writes_too_little',
    request: { target: '?nothing' },
    answer: { body: '', connection: 'cut', log: [/fewer than its Content-Length/] },
  },
  ...framing,
  ...http10,
  ...head,
  ...bodiless,
  {
    id: 'W44',
    rule: 'empty blocks send nothing, least of all a chunk of size 0',
    application: 'yields_empty_blocks',
    answer: { body: 'ab', chunks: ['a', 'b'] },
  },
  ...errors,
]
