// Runs an application once, for the one request of a CGI environment: PEP 3333's example gateway ("The Server/Gateway Side").

import { once } from 'node:events'
import { type Application, type Environ, type ErrorStream, answerOf, inputStream } from 'gantry/wsgi'
import { application } from './generator.ts'

async function runWithCgi(application: Application): Promise<void> {
  const { status, reason, headers, body } = await answerOf(application, await cgiEnviron())
  // RFC 3875 §6.3: the status is a header too.
  const fields = [['Status', `${status} ${reason}`], ...headers].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  )
  process.stdout.write(Buffer.from(`${fields.join('')}\r\n`, 'latin1'))
  for await (const block of body) {
    if (!process.stdout.write(block)) await once(process.stdout, 'drain')
  }
}

async function cgiEnviron(): Promise<Environ> {
  const { HTTPS = '', CONTENT_LENGTH = '0' } = process.env
  return {
    REQUEST_METHOD: 'GET',
    SCRIPT_NAME: '',
    PATH_INFO: '',
    QUERY_STRING: '',
    SERVER_NAME: 'localhost',
    SERVER_PORT: '80',
    SERVER_PROTOCOL: 'HTTP/1.0',
    ...environmentStrings(),
    'wsgi.version': [1, 0],
    'wsgi.url_scheme': ['on', '1'].includes(HTTPS) ? 'https' : 'http',
    'wsgi.input': inputStream(await standardInput(Number(CONTENT_LENGTH))),
    'wsgi.errors': standardError,
    'wsgi.multithread': false,
    'wsgi.multiprocess': true,
    'wsgi.run_once': true,
  }
}

/** The process's environment with one character a byte, as every string of an environ has it. */
function environmentStrings(): Record<string, string> {
  const pairs = Object.entries(process.env).map(([key, value = '']) => [
    key,
    Buffer.from(value).toString('latin1'),
  ])
  return Object.fromEntries(pairs)
}

/** No more than `length` bytes: a CGI program must not wait for the end of its input (RFC 3875 §4.2). */
async function standardInput(length: number): Promise<Buffer> {
  let body = Buffer.alloc(0)
  if (length === 0) return body
  for await (const piece of process.stdin) {
    body = Buffer.concat([body, piece as Buffer])
    if (body.length >= length) break
  }
  return body.subarray(0, length)
}

const standardError: ErrorStream = {
  write: (text) => void process.stderr.write(text),
  writelines: (lines) => void process.stderr.write([...lines].join('')),
  flush: () => undefined,
}

await runWithCgi(application)
