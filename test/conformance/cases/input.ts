// wsgi.input and wsgi.errors: W15 to W17.

import { createHash } from 'node:crypto'
import { absent } from '../conformance-case.ts'
import type { CaseRequest, ConformanceCase } from '../conformance-case.ts'

// The second is larger than what is in memory in any case (64 KiB), and spooled where --body-memory-bytes is 0; the third ends without a line end and has long lines.
const SMALL = 'first line\nsecond\n\nlast line without its end'
const LARGE = Array.from({ length: 4_000 }, (_, number) => `line ${number} of a body that is spooled\n`).join(
  '',
)
const RAGGED = `${'x'.repeat(3_000)}\n\n${'y'.repeat(150_000)}`

const lines = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []
const pieces = (text: string, size: number): string[] => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
const linePieces = (text: string): string[] => lines(text).flatMap((line) => pieces(line, 10))

/** What each way of reading gives, piece by piece. */
const WAYS: Readonly<Record<string, (body: string) => string[]>> = {
  read: (body) => [body],
  'read-minus-one': (body) => [body],
  'read-n': (body) => pieces(body, 1000),
  'read-more-than-there-is': (body) => [body],
  readline: lines,
  'readline-n': linePieces,
  readlines: lines,
  'readlines-hint': lines,
  iterate: lines,
  'nothing-first': (body) => [body],
}

const BODIES: Readonly<Record<string, { readonly text: string; readonly request: CaseRequest }>> = {
  'an inline body': { text: SMALL, request: { body: SMALL } },
  'a spooled body': { text: LARGE, request: { body: LARGE } },
  'a spooled body of long lines': { text: RAGGED, request: { body: RAGGED } },
  'a chunked body': { text: SMALL, request: { chunks: pieces(SMALL, 7) } },
  'a spooled chunked body': { text: LARGE, request: { chunks: pieces(LARGE, 30_001) } },
  'an empty body': { text: '', request: { body: '' } },
  'no body': { text: '', request: {} },
}

function report(body: string, expected: readonly string[]): string {
  const digest = createHash('sha256').update(body, 'latin1').digest('hex')
  return JSON.stringify({ lengths: expected.map((piece) => piece.length), digest, beyond: [0, 0, 0] })
}

const reading: ConformanceCase[] = Object.entries(WAYS).flatMap(([way, split]) =>
  Object.entries(BODIES).map(([kind, { text, request }]) => ({
    id: 'W15',
    rule: `${way} gives ${kind} and then its end`,
    application: 'reads_its_body',
    request: { method: 'POST', target: `?${way}`, ...request },
    answer: { body: report(text, split(text)) },
  })),
)

const unread: ConformanceCase[] = Object.entries(BODIES).flatMap(([kind, { text, request }]) => [
  {
    id: 'W15',
    rule: `${kind} that the application does not read leaves the connection usable`,
    application: 'ignores_its_body',
    request: { method: 'POST', ...request },
    answer: { body: 'ignored' },
  },
  {
    id: 'W15',
    rule: `${kind} that is read in part leaves the connection usable`,
    application: 'reads_half_its_body',
    request: { method: 'POST', ...request },
    answer: { body: text.slice(0, 10) },
  },
])

/** For requests that reach the application before their bodies do: nobody knows how long a chunked one will be. */
export const streamedInputCases: readonly ConformanceCase[] = [
  ...reading,
  ...unread,
  {
    id: 'W16',
    rule: 'a chunked request that is streamed has neither CONTENT_LENGTH nor HTTP_TRANSFER_ENCODING',
    application: 'shows_environ',
    request: { method: 'POST', chunks: ['hel', 'lo'] },
    answer: { json: { CONTENT_LENGTH: absent, HTTP_TRANSFER_ENCODING: absent } },
  },
  {
    id: 'W16',
    rule: 'a request that declares its length has it as CONTENT_LENGTH when it is streamed, too',
    application: 'shows_environ',
    request: { method: 'POST', body: LARGE },
    answer: { json: { CONTENT_LENGTH: String(LARGE.length) } },
  },
  {
    id: 'W15',
    rule: 'wsgi.input_terminated is true for a streamed request',
    application: 'shows_wsgi_objects',
    request: { method: 'POST', chunks: ['hello'] },
    answer: { body: /input_terminated True\n/ },
  },
]

export const inputCases: readonly ConformanceCase[] = [
  ...reading,
  ...unread,
  {
    id: 'W16',
    rule: 'a chunked request has the decoded length as CONTENT_LENGTH and no HTTP_TRANSFER_ENCODING',
    application: 'shows_environ',
    request: { method: 'POST', chunks: ['hel', 'lo'] },
    answer: { json: { CONTENT_LENGTH: '5', HTTP_TRANSFER_ENCODING: absent, 'wsgi.url_scheme': 'http' } },
  },
  {
    id: 'W16',
    rule: 'a spooled chunked request has the decoded length as CONTENT_LENGTH',
    application: 'shows_environ',
    request: { method: 'POST', chunks: pieces(LARGE, 50_000) },
    answer: { json: { CONTENT_LENGTH: String(LARGE.length), HTTP_TRANSFER_ENCODING: absent } },
  },
  {
    id: 'W16',
    rule: 'a chunked request without data has a CONTENT_LENGTH of 0',
    application: 'shows_environ',
    request: { method: 'POST', chunks: [] },
    answer: { json: { CONTENT_LENGTH: '0' } },
  },
  {
    id: 'W17',
    rule: "wsgi.errors goes to the error log line by line, tagged with the request's id",
    application: 'writes_to_errors',
    answer: {
      body: 'written',
      log: [
        / error \[(\S+)\] a whole line\n.* error \[\1\] two parts\n.* error \[\1\] a line begun\n.*\n.* error \[\1\] forged/,
        / error \[\S+\] caf\u00e9 \u2603\n/,
        / error \[\S+\] the end of the request ends the line\n/,
      ],
    },
  },
  {
    id: 'W17',
    rule: 'wsgi.errors cannot drive a terminal',
    application: 'writes_to_errors',
    answer: { body: 'written', log: [/forged \[line\]\\x1b\[31m\n/], notInLog: [/\x1b/] },
  },
]
