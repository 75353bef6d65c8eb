// Makes pipelines of requests from the grammar: mostly right, now and then with something that is legal but rare, or nearly legal.

import { randomBetween } from '../harness/random.ts'
import type { Random } from '../harness/random.ts'
import { HOSTILE_CHUNK_LINES, HOSTILE_FIELDS, HOSTILE_REQUEST_LINES } from './hostile-snippets.ts'

const METHODS = [
  'GET',
  'GET',
  'GET',
  'POST',
  'POST',
  'POST',
  'PUT',
  'HEAD',
  'DELETE',
  'OPTIONS',
  'PATCH',
  'M-SEARCH',
]
const TARGETS = [
  '/',
  '/a/b',
  '/?',
  '/a?b=c&d',
  '/%20%C3%a9',
  '/a%2Fb?%zz',
  '//a',
  "/-._~!$&'()*+,;=:@",
  '/a;b=c/d',
  '/\\^`{|}',
  'http://b.test/',
  'HTTP://b.test:81?q',
  'https://[::1]/a',
]
const VERSIONS = [...new Array<string>(15).fill('1.1'), '1.0']
const HOSTS = ['a.test', 'a.test', 'a.test:80', '[::1]', '192.0.2.1', 'a.test:', '']
const NAMES = ['X-A', 'x-a', 'Accept', 'Cookie', 'User-Agent', 'X_B', "!#$%&'*+-.^_`|~0", 'Via']
const VALUES = [
  '1',
  '',
  'a b',
  'a\tb',
  '"quoted"',
  'text/html;q=0.5, */*',
  '\xe9\xff',
  ': :',
  '()<>@,;:\\"/[]?={}',
]
const CONNECTIONS = ['keep-alive', 'close', 'x, y', 'close, x', 'Keep-Alive', 'upgrade', 'keep-alive, close']
const WHITE_SPACE = ['', ' ', ' ', ' ', ' ', ' ', ' ', ' ', '  ', '\t', ' \t ']
const BODIES = ['', 'x', 'hello', '0\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n', '\0\xff\r\n', 'a'.repeat(300)]
const EXTENSIONS = ['', '', '', '', ';a', ';a=b', ';a="b;\\"c"', ';a=1;b']
const TRAILERS = [
  '',
  '',
  '',
  '',
  '',
  '',
  'X-Sum: 1\r\n',
  'X-Sum: 1\r\nY: \r\n',
  'Content-Length: 9\r\nTransfer-Encoding: gzip\r\n',
]

export function pick<T>(choices: readonly T[], random: Random): T {
  return choices[Math.floor(random() * choices.length)]!
}

/** One to three requests, one character a byte. */
export function generatePipeline(random: Random): string {
  let text = ''
  for (let count = randomBetween(1, 3, random); count > 0; count--) text += generateRequest(random)
  return text
}

function generateRequest(random: Random): string {
  const chance = (share: number): boolean => random() < share
  const lines = [chance(0.03) ? pick(HOSTILE_REQUEST_LINES, random) : requestLine(random)]
  if (!chance(0.02)) lines.push(field('Host', pick(HOSTS, random), random))
  for (let count = randomBetween(0, 4, random); count > 0; count--)
    lines.push(field(pick(NAMES, random), pick(VALUES, random), random))
  if (chance(0.3)) lines.push(field('Content-Type', 'text/plain', random))
  if (chance(0.15)) lines.push(field('Connection', pick(CONNECTIONS, random), random))
  if (chance(0.03)) lines.push(field('Upgrade', 'h2c', random))
  if (chance(0.03)) lines.push(field('Expect', '100-continue', random))
  if (chance(0.05)) lines.push(pick(HOSTILE_FIELDS, random))
  const body = generateBody(random)
  lines.push(...body.fields)
  const emptyLines = chance(0.05) ? '\r\n'.repeat(randomBetween(1, 6, random)) : ''
  return `${emptyLines}${lines.join('\r\n')}\r\n\r\n${body.text}`
}

function requestLine(random: Random): string {
  const rare = random()
  if (rare < 0.02) return 'OPTIONS * HTTP/1.1'
  if (rare < 0.03) return 'FROB / HTTP/1.1'
  return `${pick(METHODS, random)} ${pick(TARGETS, random)} HTTP/${pick(VERSIONS, random)}`
}

function field(name: string, value: string, random: Random): string {
  return `${name}:${pick(WHITE_SPACE, random)}${value}${random() < 0.1 ? pick(WHITE_SPACE, random) : ''}`
}

interface Body {
  readonly fields: readonly string[]
  readonly text: string
}

function generateBody(random: Random): Body {
  const kind = random()
  if (kind < 0.4) return { fields: [], text: '' }
  if (kind < 0.7) return sizedBody(random)
  return { fields: [field('Transfer-Encoding', 'chunked', random)], text: chunks(random) }
}

function sizedBody(random: Random): Body {
  const text = pick(BODIES, random)
  const zeros = '0'.repeat(random() < 0.1 ? randomBetween(1, 20, random) : 0)
  return { fields: [field('Content-Length', `${zeros}${text.length}`, random)], text }
}

function chunks(random: Random): string {
  let text = ''
  for (let count = randomBetween(0, 3, random); count > 0; count--) {
    const data = pick(BODIES, random) || 'y'
    const size = data.length.toString(16)
    const line = random() < 0.05 ? pick(HOSTILE_CHUNK_LINES, random) : chunkLine(size, random)
    text += `${line}\r\n${data}\r\n`
  }
  return `${text}${chunkLine('0', random)}\r\n${pick(TRAILERS, random)}\r\n`
}

function chunkLine(size: string, random: Random): string {
  const zeros = '0'.repeat(random() < 0.1 ? randomBetween(1, 20, random) : 0)
  return `${zeros}${random() < 0.5 ? size : size.toUpperCase()}${pick(EXTENSIONS, random)}`
}
