// Answers in a content coding that their client decodes (RFC 9110 §8.4, §12.5.3). Whole bodies are encoded at once, streams block by block.

import { givenSize } from '../config/given-values.ts'
import { type CodingChoice, codingChooser } from '../http/accept-encoding.ts'
import { weakened } from '../http/entity-tag.ts'
import { CODINGS, type ContentCoding, EncodedBlocks, LEVELS, encodeWhole } from '../io/content-coding.ts'
import { type ApplicationAnswer, answerOf } from '../wsgi/answer-of.ts'
import { withParts } from '../wsgi/application-parts.ts'
import type { Application, ApplicationResult, Middleware, StartResponse } from '../wsgi/application.ts'
import { changedHeaders } from '../wsgi/changed-headers.ts'
import type { Environ } from '../wsgi/environ.ts'
import { addVary, removeHeader } from '../wsgi/header-list.ts'
import type { Header } from '../wsgi/header.ts'
import { passedAnswer } from '../wsgi/passed-answer.ts'

export type { ContentCoding } from '../io/content-coding.ts'

/** What is compressed, and how. */
export interface CompressOptions {
  /** In order of preference, for clients that take several. `zstd`, `br`, `gzip` if left out; one that Node lacks is passed over. */
  readonly encodings?: readonly ContentCoding[]
  /** Bodies known to be shorter go as they are: text such as `1KiB`, or a number of bytes. 1 KiB if left out. */
  readonly minBytes?: string | number
  /** Media types, in place of the usual ones; `text/*` and `*+json` stand for many. */
  readonly types?: readonly string[]
  /** How hard to try: `gzip` 1 to 9, 6 if left out; `br` 0 to 11, 4 if left out; `zstd` 1 to 19, 3 if left out. */
  readonly levels?: Readonly<Partial<Record<ContentCoding, number>>>
}

/**
 * Compresses answers of types that get smaller by it, in a coding that the client accepts. Each block of a stream reaches the client
 * before the next is asked for.
 *
 * Answers that have a Content-Encoding, are a part (206) or signed, or say `Cache-Control: no-transform` go as they are. A strong
 * ETag becomes a weak one, as the bytes are others (RFC 9110 §8.8.1).
 *
 * ```ts
 * compress({ encodings: ['br', 'gzip'], minBytes: '2KiB' })
 * ```
 *
 * @throws RangeError for options out of their range
 */
export function compress(options: CompressOptions = {}): Middleware {
  const settings = settingsOf(options)
  return function compress(application) {
    const compressed: Application = (environ, startResponse) => {
      const { coding, isIdentityRefused } = settings.choose(environ.HTTP_ACCEPT_ENCODING)
      if (coding !== undefined)
        return answerIn(application, environ, startResponse, { coding, isIdentityRefused, settings })
      const change = changedHeaders(startResponse, (headers, status) => tellVary(headers, status, settings))
      return application(environ, change)
    }
    return withParts(compressed, [application])
  }
}

interface Settings {
  choose(acceptEncoding: string | undefined): CodingChoice<ContentCoding>
  isCompressibleType(contentType: string): boolean
  readonly minBytes: number
  readonly levels: Readonly<Record<ContentCoding, number>>
}

interface Wanted {
  readonly coding: ContentCoding
  readonly isIdentityRefused: boolean
  readonly settings: Settings
}

// More at once is encoded as a stream: its beginning need not wait for its end.
const WHOLE_BYTES = 1_048_576
const MIN_BYTES = 1024
const TYPES = [
  'text/*',
  '*+json',
  '*+xml',
  ...['javascript', 'json', 'x-javascript', 'xml', 'wasm', 'x-ndjson', 'ndjson', 'json-seq', 'graphql'],
  ...['rtf', 'sql', 'toml', 'yaml', 'x-yaml', 'x-www-form-urlencoded', 'vnd.ms-fontobject'],
  ...['font/ttf', 'font/otf', 'font/collection', 'image/bmp', 'image/x-icon', 'image/vnd.microsoft.icon'],
].map((type) => (/[/*]/.test(type) ? type : `application/${type}`))

function settingsOf(options: CompressOptions): Settings {
  const { encodings = CODINGS, minBytes = MIN_BYTES, types = TYPES, levels = {} } = options
  const unknown = encodings.find((coding) => !(coding in LEVELS))
  if (unknown !== undefined)
    throw new RangeError(`compress: encodings are zstd, br and gzip, not "${unknown}"`)
  const offered = encodings.filter((coding) => CODINGS.includes(coding))
  return {
    choose: codingChooser(offered),
    isCompressibleType: matcherOf(types),
    minBytes: givenSize('compress: minBytes', minBytes, 0),
    levels: { br: levelOf('br', levels), gzip: levelOf('gzip', levels), zstd: levelOf('zstd', levels) },
  }
}

function levelOf(coding: ContentCoding, levels: CompressOptions['levels']): number {
  const { least, most, usual } = LEVELS[coding]
  const level = levels?.[coding] ?? usual
  if (Number.isInteger(level) && level >= least && level <= most) return level
  throw new RangeError(
    `compress: the level of ${coding} is a whole number from ${least} to ${most}, not ${level}`,
  )
}

const MEDIA_RANGE = /^(?:[\w.-]+\/(?:[\w.+-]+|\*)|\*\+[\w.-]+)$/

function matcherOf(types: readonly string[]): (contentType: string) => boolean {
  const bad = types.find((type) => !MEDIA_RANGE.test(type))
  if (bad !== undefined)
    throw new RangeError(`compress: a type is like text/html, text/* or *+json, not ${JSON.stringify(bad)}`)
  const known = new Set(types.map((type) => type.toLowerCase()))
  return (contentType) => {
    const type = contentType.split(';', 1)[0]!.trim().toLowerCase()
    const plus = type.lastIndexOf('+')
    return (
      known.has(type) ||
      known.has(`${type.slice(0, type.indexOf('/'))}/*`) ||
      (plus !== -1 && known.has(`*${type.slice(plus)}`))
    )
  }
}

/** Where the client takes no coding: another one's answer would be another. */
function tellVary(headers: Header[], status: string, settings: Settings): void {
  const code = Number.parseInt(status, 10)
  if (code === 304 || isCompressible(code, headers, settings)) addVary(headers, 'Accept-Encoding')
}

/** Whether type, status and fields let an answer be compressed, whatever its length and its client. */
function isCompressible(code: number, headers: readonly Header[], settings: Settings): boolean {
  if (code === 204 || code === 206 || code === 304) return false
  let isOfType = false
  for (const [name, value] of headers) {
    const lower = name.toLowerCase()
    if (lower === 'content-type') isOfType = settings.isCompressibleType(value)
    else if (STANDS_AS_IT_IS.has(lower)) return false
    else if (lower === 'cache-control' && NO_TRANSFORM.test(value)) return false
  }
  return isOfType
}

/** An application that sends one of these has said of which bytes its answer is made. */
const STANDS_AS_IT_IS = new Set([
  'content-encoding',
  'content-range',
  'content-digest',
  'repr-digest',
  'digest',
  'content-md5',
])
const NO_TRANSFORM = /(?:^|[\s,])no-transform(?:$|[\s,])/i

/** RFC 9111 §4.3.4: a strong tag would not freshen what was stored with the weak one. */
function tellNotModified(headers: Header[]): void {
  addVary(headers, 'Accept-Encoding')
  weakenTag(headers)
}

function weakenTag(headers: Header[]): void {
  for (const [i, [name, value]] of headers.entries()) {
    if (name.toLowerCase() === 'etag') headers[i] = [name, weakened(value)]
  }
}

async function answerIn(
  application: Application,
  environ: Environ,
  startResponse: StartResponse,
  wanted: Wanted,
): Promise<ApplicationResult> {
  const isHead = environ.REQUEST_METHOD === 'HEAD'
  const answer = await answerOf(application, environ)
  const { status, headers, body } = answer
  if (status === 304) tellNotModified(headers)
  let result = body
  if (isCompressible(status, headers, wanted.settings)) {
    addVary(headers, 'Accept-Encoding')
    if (isLongEnough(answer, wanted)) {
      if (isHead) tellOtherBytes(headers)
      else result = await encodedBody(body, wanted)
    }
  }
  if (result !== body) {
    tellOtherBytes(headers)
    headers.push(['Content-Encoding', wanted.coding])
  }
  return passedAnswer(startResponse, answer, result)
}

function isLongEnough(
  { contentLength }: ApplicationAnswer,
  { isIdentityRefused, settings }: Wanted,
): boolean {
  return contentLength === -1 || contentLength >= (isIdentityRefused ? 1 : settings.minBytes)
}

type Body = ApplicationAnswer['body']

/** `body` itself where that is shorter. */
async function encodedBody(body: Body, wanted: Wanted): Promise<Body> {
  const { coding, isIdentityRefused, settings } = wanted
  const level = settings.levels[coding]
  const whole = wholeBlock(body)
  if (whole === undefined) return new EncodedBlocks(body, coding, level)
  const bytes = await encodeWhole(whole, coding, level)
  return bytes.length < whole.length || isIdentityRefused ? [bytes] : body
}

/** The one block of a body that is there at once and not too long to be waited for. */
function wholeBlock(body: Body): Uint8Array | undefined {
  if (!Array.isArray(body)) return undefined
  const [block] = body as readonly Uint8Array[]
  return block !== undefined && block.length <= WHOLE_BYTES ? block : undefined
}

/** Of HEAD too, which must not tell the length of something else (RFC 9110 §8.6). */
function tellOtherBytes(headers: Header[]): void {
  weakenTag(headers)
  removeHeader(headers, 'Content-Length')
  // Ranges of what the application has are none of what is sent.
  removeHeader(headers, 'Accept-Ranges')
}
