// What environ holds: W10 to W14 and W18.

import { absent } from '../conformance-case.ts'
import type { CaseRequest, ConformanceCase } from '../conformance-case.ts'

type Members = Readonly<Record<string, string | RegExp | typeof absent>>

/** A case that looks at the strings of environ. */
function environCase(id: string, rule: string, request: CaseRequest, json: Members): ConformanceCase {
  return { id, rule, application: 'shows_environ', request, answer: { json } }
}

const OTHER_THAN_STRINGS =
  'wsgi.errors wsgi.file_wrapper wsgi.input wsgi.input_terminated wsgi.multiprocess wsgi.multithread wsgi.run_once wsgi.version'
const REQUIRED: Members = {
  REQUEST_METHOD: 'GET',
  SCRIPT_NAME: '',
  PATH_INFO: '/shows_environ',
  QUERY_STRING: '',
  SERVER_NAME: /./,
  SERVER_PORT: /^\d+$/,
  SERVER_PROTOCOL: 'HTTP/1.1',
}

export const environCases: readonly ConformanceCase[] = [
  {
    id: 'W10',
    rule: 'environ is a builtin dict, a plain object, that no other request shares',
    application: 'spoils_its_environ',
    answer: { body: 'True False' },
  },
  {
    id: 'W10',
    rule: 'an environ that the application spoilt does not reach the next request',
    application: 'spoils_its_environ',
    answer: { body: 'True False' },
  },
  environCase('W11', 'the required keys are always there', {}, REQUIRED),
  environCase(
    'W11',
    'CONTENT_TYPE and CONTENT_LENGTH are absent from a request that has neither',
    {},
    { CONTENT_TYPE: absent, CONTENT_LENGTH: absent, HTTP_CONTENT_TYPE: absent, HTTP_CONTENT_LENGTH: absent },
  ),
  environCase(
    'W11',
    'CONTENT_TYPE and CONTENT_LENGTH hold what the request had, and have no HTTP_ twin',
    { method: 'POST', fields: ['Content-Type: text/x-test; charset=utf-8'], body: 'hello' },
    {
      REQUEST_METHOD: 'POST',
      CONTENT_TYPE: 'text/x-test; charset=utf-8',
      CONTENT_LENGTH: '5',
      HTTP_CONTENT_TYPE: absent,
      HTTP_CONTENT_LENGTH: absent,
    },
  ),
  environCase(
    'W11',
    'a declared length of zero is there',
    { method: 'POST', body: '' },
    { CONTENT_LENGTH: '0' },
  ),
  environCase(
    'W11',
    'every other header is an HTTP_ key in upper case with - as _',
    { fields: ['x-mIxed-Case: Some Value', 'Accept: */*', 'X-Empty:', 'X-0.9!: digits'] },
    {
      HTTP_HOST: 'test.example',
      HTTP_X_MIXED_CASE: 'Some Value',
      HTTP_ACCEPT: '*/*',
      HTTP_X_EMPTY: '',
      'HTTP_X_0.9!': 'digits',
    },
  ),
  environCase('W11', 'the method is passed as sent', { method: 'PATCH' }, { REQUEST_METHOD: 'PATCH' }),
  environCase(
    'W11',
    'an unknown method is passed as sent',
    { method: 'FROBNICATE' },
    { REQUEST_METHOD: 'FROBNICATE' },
  ),
  environCase(
    'W11',
    'client, server and the target as sent are extensions',
    { target: '/a%20b?c=%41' },
    {
      REMOTE_ADDR: '127.0.0.1',
      REMOTE_PORT: /^\d+$/,
      SERVER_SOFTWARE: /^gantry\/\d/,
      REQUEST_URI: '/shows_environ/a%20b?c=%41',
      RAW_URI: '/shows_environ/a%20b?c=%41',
    },
  ),
  environCase('W11', 'HTTPS is absent without TLS', {}, { HTTPS: absent }),
  environCase(
    'W11',
    "the process's environment variables do not leak into it",
    {},
    { CONFORMANCE_SECRET: absent, PATH: absent, HOME: absent, PWD: absent },
  ),
  environCase(
    'W11',
    'a header with _ in its name is dropped, as its key could not be told from that of a header with -',
    { fields: ['X_Forged: yes', 'X-Real: 1', 'X_Real: 2'] },
    { HTTP_X_FORGED: absent, HTTP_X_REAL: '1' },
  ),
  environCase(
    'W11',
    'a Proxy header is dropped (CVE-2016-5385)',
    { fields: ['Proxy: http://192.0.2.1:8080'] },
    { HTTP_PROXY: absent },
  ),
  environCase(
    'W12',
    'PATH_INFO is percent-decoded to bytes, a character each',
    { target: '/caf%C3%A9/%e2%98%83' },
    { PATH_INFO: '/shows_environ/caf\u00c3\u00a9/\u00e2\u0098\u0083' },
  ),
  environCase(
    'W12',
    '%2F is a slash in PATH_INFO and stays visible in REQUEST_URI',
    { target: '/a%2Fb%2fc' },
    { PATH_INFO: '/shows_environ/a/b/c', REQUEST_URI: '/shows_environ/a%2Fb%2fc' },
  ),
  environCase('W12', 'a path is decoded once', { target: '/%2541' }, { PATH_INFO: '/shows_environ/%41' }),
  environCase(
    'W12',
    'a plus sign stays a plus sign',
    { target: '/a+b' },
    { PATH_INFO: '/shows_environ/a+b' },
  ),
  environCase(
    'W12',
    'dots and repeated slashes of a path are left as they are',
    { target: '//a/./b/../c//' },
    { PATH_INFO: '/shows_environ//a/./b/../c//' },
  ),
  environCase(
    'W12',
    'QUERY_STRING stays as sent',
    { target: '/?a=%C3%A9&b=1+2&c=?/&&' },
    { PATH_INFO: '/shows_environ/', QUERY_STRING: 'a=%C3%A9&b=1+2&c=?/&&' },
  ),
  environCase(
    'W12',
    'the bytes of a header value become a character each',
    { fields: ['X-Bytes: caf\u00c3\u00a9 \u00ff'] },
    { HTTP_X_BYTES: 'caf\u00c3\u00a9 \u00ff' },
  ),
  environCase(
    'W13',
    'repeated headers are joined with a comma in their order',
    { fields: ['X-Many: 1', 'Accept: text/html', 'x-many: 2', 'X-MANY: 3', 'accept: text/plain'] },
    { HTTP_X_MANY: '1,2,3', HTTP_ACCEPT: 'text/html,text/plain' },
  ),
  environCase(
    'W13',
    'repeated Cookie headers are joined with a semicolon',
    { fields: ['Cookie: a=1', 'cookie: b=2; c=3'] },
    { HTTP_COOKIE: 'a=1; b=2; c=3' },
  ),
  {
    ...environCase(
      'W14',
      'only the wsgi keys hold something else than a native string',
      {},
      { 'wsgi.url_scheme': 'http', other: OTHER_THAN_STRINGS },
    ),
    typescript: { json: { other: `gantry.request ${OTHER_THAN_STRINGS}` } },
  },
  {
    id: 'W14',
    rule: 'the wsgi keys are all there and hold what PEP 3333 wants',
    application: 'shows_wsgi_objects',
    answer: {
      body: /^version \(1, 0\) tuple\nurl_scheme http\n(.*\n)*run_once False\ninput_terminated True\nfile_wrapper True\ninput True\nerrors True\n/,
    },
  },
  {
    id: 'W18',
    rule: "the URL is reconstructed by PEP 3333's recipe, with the Host header as sent",
    application: 'reconstructs_its_url',
    request: { target: '/caf%C3%A9?q=1' },
    answer: {
      body: 'http://test.example/reconstructs_its_url/caf%C3%A9?q=1\n/reconstructs_its_url/caf\u00c3\u00a9',
    },
  },
]
