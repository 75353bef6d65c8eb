// Which status and which headers an application may send: W27 to W29.

import { absent } from '../conformance-case.ts'
import type { ConformanceCase } from '../conformance-case.ts'

const accepted: ConformanceCase[] = [
  ['usual', 'code and reason', '200 OK'],
  ['code-alone', 'a code alone, with the standard reason', '200 OK'],
  ['unknown-code-alone', 'an unknown code alone', '299 Unknown'],
  ['own-reason', 'a reason of its own', '404 Nothing here, sorry'],
  ['empty-reason', 'an empty reason, with the standard one', '404 Not Found'],
  ['latin-1', 'a reason in latin-1', '200 Tr\u00e8s bien'],
  ['highest', 'the highest code', '999 Far out'],
].map(([kind = '', text = '', status = '']) => ({
  id: 'W27',
  rule: `a status may be ${text}`,
  application: 'starts_with_a_status',
  request: { target: `?${kind}` },
  answer: { statusLine: `HTTP/1.1 ${status}`, body: 'no error' },
}))

const refused: ConformanceCase[] = [
  ...['two-digits', 'four-digits', 'no-code', 'empty', 'letters', 'leading-space', 'other-digits', 'zero'],
  ...['line-end', 'line-feed-at-the-end', 'tab', 'nul', 'snowman', 'continue', 'switching', 'early-hints'],
  ...['bytes', 'int', 'none'],
].map((kind) => ({
  id: 'W27',
  rule: `a status that cannot be one (${kind}) raises from start_response`,
  application: 'starts_with_a_status',
  request: { target: `?${kind}` },
  answer: { body: /^(AssertionError|ValueError|RangeError): .*status/, fields: { 'X-Forged': absent } },
}))

const refusedHeaders: ConformanceCase[] = [
  ...['tuple', 'none', 'dict', 'generator'].map((kind) => [
    kind,
    /AssertionError: response headers must be an? (list|array)/,
  ]),
  ['no-pair-inside', /AssertionError: .*(tuple.*X-Name|array.*Set)/],
  ...['three-parts', 'string-inside'].map((kind) => [kind, /AssertionError: .*(tuple|array).*X-Name/]),
  ['bytes-name', /AssertionError: .*X-Name.* must be a (str, not bytes|string, not Buffer)/],
  ['bytes-value', /AssertionError: .*'X-Name' must be a (str, not bytes|string, not Buffer)/],
  ['int-value', /AssertionError: .*'X-Name' must be a (str, not int|string, not number)/],
  ['none-value', /AssertionError: .*'X-Name' must be a (str, not NoneType|string, not null)/],
  ['empty-name', /(Value|Range)Error: ['"]['"] is not a header name/],
  ['space-in-name', /(Value|Range)Error: ['"]X Name['"] is not a header name/],
  ['colon-in-name', /(Value|Range)Error: ['"]X-Name:['"] is not a header name/],
  ['line-end-in-name', /(Value|Range)Error: ['"]X-Name\\r\\nX-Forged['"] is not a header name/],
  ['nul-in-name', /(Value|Range)Error: ['"]X-Na\\(x00|u0000)me['"] is not a header name/],
  ['umlaut-in-name', /(Value|Range)Error: .* is not a header name/],
  ...['cr', 'lf', 'crlf', 'nul', 'bell', 'escape', 'delete'].map((kind) => [
    `${kind}-in-value`,
    /(Value|Range)Error: .*'X-Name' holds the control character/,
  ]),
  ['nul-between', /(Value|Range)Error: .*'X-Name' holds the control character/],
  ['snowman-in-value', /(Value|Range)Error: .*'X-Name' holds characters outside latin-1/],
  ['length-of-letters', /(Value|Range)Error: Content-Length must be digits only/],
  ['length-with-sign', /(Value|Range)Error: Content-Length must be digits only/],
  ['two-lengths', /(Value|Range)Error: Content-Length is given more than once/],
].map(([kind, message]) => ({
  id: 'W28',
  rule: `headers that cannot be sent (${String(kind)}) raise from start_response, which names the culprit`,
  application: 'starts_with_headers',
  request: { target: `?${String(kind)}` },
  answer: { body: message as RegExp, fields: { 'X-Forged': absent, 'X-Name': absent } },
}))

const acceptedHeaders: ConformanceCase[] = [
  { kind: 'tab-in-value', fields: { 'X-Name': 'a\tb' } },
  { kind: 'latin-1-in-value', fields: { 'X-Name': 'caf\u00e9' } },
  { kind: 'empty-value', fields: { 'X-Name': '' } },
  { kind: 'repeated', fields: { 'Set-Cookie': ['a=1', 'b=2', 'a=1'] } },
].map(({ kind, fields }) => ({
  id: 'W28',
  rule: `headers with ${kind} are sent as they are`,
  application: 'starts_with_headers',
  request: { target: `?${kind}` },
  answer: { body: 'no error', fields },
}))

const hopByHop: ConformanceCase[] = [
  ...['Connection', 'Keep-Alive', 'Proxy-Authenticate', 'Proxy-Authorization', 'TE', 'Trailer', 'Trailers'],
  ...['Transfer-Encoding', 'Upgrade', 'cOnnection', 'TRANSFER-ENCODING'],
].map((name) => ({
  id: 'W29',
  rule: `the hop-by-hop header ${name} from an application raises`,
  application: 'starts_with_headers',
  request: { target: `?${name}` },
  answer: { body: new RegExp(`^AssertionError: .*${name}`) },
}))

export const statusAndHeaderCases: readonly ConformanceCase[] = [
  ...accepted,
  ...refused,
  ...refusedHeaders,
  ...acceptedHeaders,
  ...hopByHop,
]
