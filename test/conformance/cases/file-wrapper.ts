// wsgi.file_wrapper: W46.

import { readFileSync } from 'node:fs'
import { absent } from '../conformance-case.ts'
import type { CaseAnswer, ConformanceCase } from '../conformance-case.ts'

const CONTENT = '0123456789'.repeat(20_000)
const SHORT = '0123456789'.repeat(1_000)
const SOURCE = readFileSync(new URL('../../fixtures/applications/sends_a_file.py', import.meta.url), 'latin1')

function fileCase(target: string, rule: string, answer: CaseAnswer): ConformanceCase {
  return { id: 'W46', rule, application: 'sends_a_file', request: { target }, answer }
}

const CHUNKED = { 'Content-Length': absent, 'Transfer-Encoding': 'chunked' } as const

/** The front sends these itself, or the worker reads them first, and so their length is known. Of an open file in Node nobody can tell where it stands. */
const real = (target: string, rule: string, body: string): ConformanceCase => ({
  ...fileCase(target, rule, {
    body,
    fields: { 'Content-Length': String(body.length), 'Transfer-Encoding': absent },
  }),
  typescript: { fields: CHUNKED },
})

/** These pass through the application's process block by block. */
const readable = (target: string, rule: string, body: string): ConformanceCase =>
  fileCase(target, rule, { body, fields: CHUNKED })

const inPython = (conformanceCase: ConformanceCase): ConformanceCase => ({
  ...conformanceCase,
  only: 'python',
})

function tooLong(kind: string, length: number): ConformanceCase {
  return fileCase(
    `?${kind}:${length}`,
    `a Content-Length that is longer than the file cuts the answer (${kind})`,
    { body: /^(0123456789)*\d{0,9}$/, connection: 'cut', log: [/fewer than its Content-Length/] },
  )
}

function shortCases(kind: string): readonly ConformanceCase[] {
  const cases = [
    fileCase(`?${kind}:10000`, `a short file may have its Content-Length (${kind})`, {
      body: SHORT,
      fields: { 'Content-Length': '10000' },
    }),
    fileCase(`?${kind}:15`, `a Content-Length that is shorter than a short file is obeyed (${kind})`, {
      body: SHORT.slice(0, 15),
      fields: { 'Content-Length': '15' },
    }),
    fileCase(`?${kind}:0`, `a Content-Length of 0 is obeyed (${kind})`, {
      body: '',
      fields: { 'Content-Length': '0' },
    }),
  ]
  return kind === 'short' ? cases : cases.map(inPython)
}

export const fileWrapperCases: readonly ConformanceCase[] = [
  real('?named', 'a file is sent whole, with its length', SOURCE),
  real('?real', 'a file that was unlinked is sent whole', CONTENT),
  inPython(real('?unbuffered', 'an unbuffered file is sent whole', CONTENT)),
  real('?read-write', 'a file open for writing too is sent whole', CONTENT),
  inPython(real('?named-temporary', 'a temporary file is sent whole', CONTENT)),
  real('?short', 'a short file is sent whole', SHORT),
  inPython(real('?short-unbuffered', 'a short unbuffered file is sent whole', SHORT)),
  inPython(real('?short-temporary', 'a short temporary file is sent whole', SHORT)),
  inPython(real('?short-own-close', 'a short file that the application closes itself is sent whole', SHORT)),
  { ...readable('?stream', "a file stream of Node's is sent whole", CONTENT), only: 'typescript' },
  real('?position', 'a file is sent from its current position', '56789'),
  real('?partly-read', 'a file of which some was read is sent from there', CONTENT.slice(7)),
  readable('?bytes-io', 'anything with read() is sent', CONTENT),
  readable('?bytes-io-position', 'a BytesIO is sent from its current position', '56789'),
  readable('?only-read', 'an object without close() is sent', CONTENT),
  readable('?gzip', 'a GzipFile is sent as it reads, not as it lies on disk', CONTENT),
  fileCase('?empty', 'an empty file is an empty body', { body: '', fields: { 'Content-Length': '0' } }),
  inPython(fileCase('?beyond-the-end', 'a position behind the end is an empty body', { body: '' })),
  ...['real', 'bytes-io', 'gzip'].map((kind) =>
    fileCase(`?${kind}:15`, `a Content-Length that is shorter than the file is obeyed (${kind})`, {
      body: CONTENT.slice(0, 15),
      fields: { 'Content-Length': '15' },
    }),
  ),
  ...['short', 'short-own-close'].flatMap((kind) => shortCases(kind)),
  ...['real', 'bytes-io'].map((kind) => tooLong(kind, 200_001)),
  tooLong('short', 10_001),
  inPython(tooLong('short-own-close', 10_001)),
  fileCase('/after-write?real', 'a file may follow written data', { body: `written first ${CONTENT}` }),
  fileCase('/iterated?real', 'middleware may iterate over the wrapper', { body: CONTENT }),
  ...['real', 'bytes-io', 'short'].map((kind) => ({
    id: 'W46',
    rule: `HEAD sends nothing of the file (${kind})`,
    application: 'sends_a_file',
    request: { method: 'HEAD', target: `?${kind}:${kind === 'short' ? 10_000 : 200_000}` },
    answer: { body: '', fields: { 'Content-Length': kind === 'short' ? '10000' : '200000' } },
  })),
  {
    id: 'W46',
    rule: 'an HTTP/1.0 client gets a file with its length',
    application: 'sends_a_file',
    request: { version: '1.0', target: '?real' },
    answer: { body: CONTENT, fields: { 'Content-Length': '200000' }, connection: 'closed' },
    typescript: { fields: { 'Content-Length': absent, Connection: 'close' } },
  },
]
