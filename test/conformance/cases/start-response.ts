// start_response and write: W20 to W26. Status and headers have a table of their own (status-and-headers.ts).

import { absent } from '../conformance-case.ts'
import type { ConformanceCase } from '../conformance-case.ts'

const INTERNAL_ERROR = 'HTTP/1.1 500 Internal Server Error'
const NOT_FOUND = 'HTTP/1.1 404 Not Found'

const empty: ConformanceCase[] = ['nothing', 'written', 'empty-blocks'].map((kind) => ({
  id: 'W24',
  rule: `an empty body (${kind}) still sends the headers, once`,
  application: 'yields_nothing',
  request: { target: `?${kind}` },
  answer: { body: '', fields: { 'X-Started': 'yes' } },
}))

export const startResponseCases: readonly ConformanceCase[] = [
  {
    id: 'W20',
    rule: 'start_response returns write, which alone can make the body',
    application: 'writes_only',
    answer: { body: 'hello' },
  },
  {
    id: 'W21',
    rule: 'a second start_response without exc_info raises',
    application: 'starts_twice',
    answer: { body: 'AssertionError: Headers already set', fields: { 'X-First': 'yes', 'X-Second': absent } },
  },
  {
    id: 'W21',
    rule: 'a second start_response without exc_info raises even if the headers of the first were bad',
    application: 'starts_twice_after_bad_headers',
    answer: { body: 'AssertionError: Headers already set' },
  },
  {
    id: 'W22',
    rule: 'with exc_info and nothing sent, status and headers are replaced',
    application: 'replaces_its_headers',
    answer: {
      statusLine: NOT_FOUND,
      fields: { 'X-New': 'yes', 'X-Old': absent, 'Content-Length': '8' },
      body: 'replaced',
    },
  },
  {
    id: 'W23',
    rule: 'with exc_info after the headers the original exception is raised with its traceback, and the answer cut',
    application: 'reraises_after_headers',
    answer: {
      body: 'begun',
      connection: 'cut',
      log: [
        /Error on request .*reraises_after_headers\n(.*\n)*.*in fail_deep_inside\n(.*\n)*.*LookupError: the original exception/,
      ],
    },
    typescript: {
      log: [
        /Error on request .*reraises_after_headers\n +RangeError: the original exception\n +at failDeepInside /,
      ],
    },
  },
  {
    id: 'W23',
    rule: 'an application that swallows the exception all the same has its answer cut',
    application: 'swallows_the_reraised',
    answer: {
      body: /^begun/,
      connection: 'cut',
      log: [/Error on request .*swallows_the_reraised( – .*)?\n/],
    },
  },
  {
    id: 'W23',
    only: 'python',
    rule: 'the server keeps no reference to exc_info',
    application: 'checks_that_exc_info_is_dropped',
    answer: { body: 'dead' },
  },
  {
    id: 'W23',
    only: 'python',
    rule: 'the server keeps no reference to exc_info after the headers were sent either',
    application: 'checks_that_exc_info_is_dropped',
    request: { target: '?after-headers' },
    answer: { connection: 'cut', log: [/after the headers the frame's local is dead\n/] },
  },
  {
    id: 'W24',
    rule: 'empty blocks do not send the headers',
    application: 'sends_empty_data_first',
    answer: { statusLine: NOT_FOUND, fields: { 'X-New': 'yes', 'X-Old': absent }, body: 'replaced' },
  },
  {
    id: 'W24',
    rule: 'writing empty data does not send the headers',
    application: 'sends_empty_data_first',
    request: { target: '?written' },
    answer: { statusLine: NOT_FOUND, fields: { 'X-New': 'yes', 'X-Old': absent }, body: 'replaced' },
  },
  ...empty,
  {
    id: 'W25',
    rule: 'body data before start_response is an error',
    application: 'yields_before_starting',
    answer: { statusLine: INTERNAL_ERROR, log: [/AssertionError: write\(\) before start_response/] },
  },
  {
    id: 'W25',
    rule: 'data in a list without start_response is an error',
    application: 'never_calls_start_response',
    request: { target: '?data' },
    answer: { statusLine: INTERNAL_ERROR, log: [/AssertionError: write\(\) before start_response/] },
  },
  {
    id: 'W26',
    rule: 'an empty list without start_response is an error, and the log says so',
    application: 'never_calls_start_response',
    request: { target: '?list' },
    answer: { statusLine: INTERNAL_ERROR, log: [/returned without calling start_response/] },
  },
  {
    id: 'W26',
    rule: 'an iterable that ends without start_response is an error, and the log says so',
    application: 'never_calls_start_response',
    request: { target: '?generator' },
    answer: { statusLine: INTERNAL_ERROR, log: [/returned without calling start_response/] },
  },
]
