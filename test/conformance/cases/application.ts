// The application object and its result: W1 to W8.

import type { ConformanceCase, Language } from '../conformance-case.ts'

const HELLO = { body: 'hello' }
// Larger than a frame of the link may be.
const HUGE = 'huge'.repeat(5_000_000)

interface Kind {
  readonly kind: string
  readonly text: string
  readonly only?: Language
}

const APPLICATIONS: readonly Kind[] = [
  { kind: 'is_a_class', text: 'a class whose instances are iterable' },
  { kind: 'is_an_instance', text: 'an instance that can be called' },
  { kind: 'is_a_bound_method', text: 'a bound method' },
  { kind: 'is_a_generator_function', text: 'a generator function' },
  { kind: 'is_a_partial', text: 'a partial application' },
  { kind: 'is_decorated', text: 'a decorated function' },
  { kind: 'is_an_async_function', text: 'an async function', only: 'typescript' },
  { kind: 'is_an_async_generator_function', text: 'an async generator function', only: 'typescript' },
  { kind: 'is_an_async_class', text: 'a class whose instances are async iterable', only: 'typescript' },
]

const kindsOfApplication: ConformanceCase[] = APPLICATIONS.map(({ kind, text, ...rest }) => ({
  id: 'W1',
  rule: `${text} is an application`,
  application: kind,
  answer: HELLO,
  ...rest,
}))

const RESULTS: readonly Kind[] = [
  { kind: 'list', text: 'a list' },
  { kind: 'list-of-one', text: 'a list of one block' },
  { kind: 'tuple', text: 'a tuple' },
  { kind: 'generator', text: 'a generator' },
  { kind: 'iterator', text: 'an iterator' },
  { kind: 'with-iter', text: 'an object with __iter__' },
  { kind: 'with-getitem', text: 'an object with __getitem__ alone', only: 'python' },
  { kind: 'of-length-one', text: 'an iterable with a length' },
  { kind: 'set', text: 'a set', only: 'typescript' },
  { kind: 'async-generator', text: 'an async generator', only: 'typescript' },
  { kind: 'with-async-iterator', text: 'an async iterable', only: 'typescript' },
  { kind: 'promise-of-a-list', text: 'a promise of a list', only: 'typescript' },
  { kind: 'stream', text: "a stream of Node's", only: 'typescript' },
]

const kindsOfResult: ConformanceCase[] = RESULTS.map(({ kind, text, ...rest }) => ({
  id: 'W3',
  rule: `${text} of byte strings is a body`,
  application: 'returns_each_iterable',
  request: { target: `?${kind}` },
  answer: HELLO,
  ...rest,
}))

const INTERNAL_ERROR = 'HTTP/1.1 500 Internal Server Error'

const notBytes: ConformanceCase[] = [
  ['str', 'a str as result', /applications must write bytes, not str/],
  ['bytes', 'a bytes object as result', /return \[body\], not body/],
  ['list-with-str', 'a str in a list', /applications must write bytes, not str/],
  ['yielded-str', 'a str that is yielded', /applications must write bytes, not str/],
  ['yielded-int', 'a number that is yielded', /applications must write bytes, not (int|number)\n/],
  ['yielded-none', 'None that is yielded', /applications must write bytes, not (NoneType|null)\n/],
  [
    'yielded-bytearray',
    'a bytearray that is yielded',
    /applications must write bytes, not (bytearray|ArrayBuffer)\n/,
  ],
  ['written-str', 'a str that is written', /applications must write bytes, not str/],
  ['int', 'a number as result', /TypeError|must return an iterable/],
].map(([kind, text, log]) => ({
  id: 'W5',
  rule: `${String(text)} is the application's error: 500, and the log says what came instead`,
  application: 'returns_no_bytes',
  request: { target: `?${String(kind)}` },
  answer: { statusLine: INTERNAL_ERROR, body: /^500 /, log: [log as RegExp] },
}))

export const applicationCases: readonly ConformanceCase[] = [
  ...kindsOfApplication,
  {
    id: 'W2',
    rule: 'the two arguments are passed by position',
    application: 'names_its_parameters_oddly',
    answer: { body: 'GET' },
  },
  ...kindsOfResult,
  ...['list', 'generator', 'write'].map((how) => ({
    id: 'W3',
    rule: `a block of 20 MB is one block as any other (${how})`,
    application: 'gives_a_huge_block',
    request: { target: `?${how}` },
    answer: { body: HUGE },
  })),
  {
    id: 'W4',
    rule: 'None after start_response is an empty body, with a warning',
    application: 'returns_none',
    answer: {
      body: '',
      fields: { 'X-Started': 'yes', 'Content-Length': '0' },
      log: [/ warning .*returned (None|null)/],
    },
  },
  {
    id: 'W4',
    rule: 'None without start_response is an error',
    application: 'returns_none_without_starting',
    answer: { statusLine: INTERNAL_ERROR, log: [/without calling start_response/] },
  },
  ...notBytes,
  {
    id: 'W5',
    rule: 'a str that is yielded after the headers cuts the answer',
    application: 'returns_no_bytes',
    request: { target: '?yielded-str-after-a-block' },
    answer: { body: 'begun', connection: 'cut', log: [/applications must write bytes, not str/] },
  },
  {
    id: 'W6',
    rule: 'written data comes before the data of the iterable, with one Content-Length over both',
    application: 'writes_and_returns',
    answer: { body: 'Hello World!', fields: { 'Content-Length': '12', 'Transfer-Encoding': [] } },
  },
  {
    id: 'W7',
    rule: 'headers may come as late as the first item',
    application: 'starts_at_the_first_item',
    answer: { statusLine: 'HTTP/1.1 201 Created', fields: { 'X-Late': 'yes' }, body: 'hello' },
  },
  {
    id: 'W8',
    rule: 'middleware may change environ, status, headers and body',
    application: 'wraps_another',
    request: { target: '?changes' },
    answer: {
      statusLine: 'HTTP/1.1 202 Accepted',
      fields: { 'X-Outer': 'yes', 'X-Inner': 'yes' },
      body: 'INNER /CHANGED',
    },
  },
  {
    id: 'W8',
    rule: 'middleware may call the inner application twice',
    application: 'wraps_another',
    request: { target: '?twice' },
    answer: { body: 'inner /wraps_another inner /wraps_another' },
  },
  {
    id: 'W8',
    rule: 'middleware may answer by itself',
    application: 'wraps_another',
    request: { target: '?by-itself' },
    answer: { statusLine: 'HTTP/1.1 403 Forbidden', body: 'no' },
  },
  {
    id: 'W8',
    rule: 'middleware may stand in any number of layers',
    application: 'wraps_another',
    request: { target: '?layers' },
    answer: { fields: { 'X-Layer': Array.from({ length: 50 }, (_, number) => String(number)) } },
  },
]
