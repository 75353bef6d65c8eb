// The application object and its result: W1 to W8.

import type { ConformanceCase } from '../conformance-case.ts'

const HELLO = { body: 'hello' }
// Larger than a frame of the link may be.
const HUGE = 'huge'.repeat(5_000_000)

const kindsOfApplication: ConformanceCase[] = [
  ['is_a_class', 'a class whose instances are iterable'],
  ['is_an_instance', 'an instance that can be called'],
  ['is_a_bound_method', 'a bound method'],
  ['is_a_generator_function', 'a generator function'],
  ['is_a_partial', 'a partial application'],
  ['is_decorated', 'a decorated function'],
].map(([application = '', kind = '']) => ({
  id: 'W1',
  rule: `${kind} is an application`,
  application,
  answer: HELLO,
}))

const kindsOfResult: ConformanceCase[] = [
  ['list', 'a list'],
  ['list-of-one', 'a list of one block'],
  ['tuple', 'a tuple'],
  ['generator', 'a generator'],
  ['iterator', 'an iterator'],
  ['with-iter', 'an object with __iter__'],
  ['with-getitem', 'an object with __getitem__ alone'],
  ['of-length-one', 'an iterable with a length'],
].map(([kind = '', text = '']) => ({
  id: 'W3',
  rule: `${text} of byte strings is a body`,
  application: 'returns_each_iterable',
  request: { target: `?${kind}` },
  answer: HELLO,
}))

const INTERNAL_ERROR = 'HTTP/1.1 500 Internal Server Error'

const notBytes: ConformanceCase[] = [
  ['str', 'a str as result', /applications must write bytes, not str/],
  ['bytes', 'a bytes object as result', /return \[body\], not body/],
  ['list-with-str', 'a str in a list', /applications must write bytes, not str/],
  ['yielded-str', 'a str that is yielded', /applications must write bytes, not str/],
  ['yielded-int', 'a number that is yielded', /applications must write bytes, not int/],
  ['yielded-none', 'None that is yielded', /applications must write bytes, not NoneType/],
  ['yielded-bytearray', 'a bytearray that is yielded', /applications must write bytes, not bytearray/],
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
      log: [/ warning .*returned None/],
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
