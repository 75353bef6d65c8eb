// The environ as an object, made of the environ blocks of an exchange; and back to what such a block needs, where only what middleware
// has changed is written anew.

import type { EnvironOrigin } from './environ-origin.ts'
import type { Environ } from './environ.ts'
import type { ErrorStream } from './error-stream.ts'
import type { Exchange } from './exchange.ts'
import { FileWrapper, type WrappableFile } from './file-wrapper.ts'
import type { InputStream } from './input-stream.ts'
import type { RequestContext } from './request-context.ts'

const WSGI_VERSION: Environ['wsgi.version'] = Object.freeze([1, 0] as const)
const EMPTY = new Uint8Array(0)
/** The four values that begin an own environ block (protocol/link.md). */
const OWN_VALUES = 4

/** The strings that `put` names: comparing a key with them costs nothing when it is the very same string. */
const USUAL_KEYS = new Map(
  [
    'SERVER_NAME',
    'SERVER_PORT',
    'SERVER_SOFTWARE',
    'SCRIPT_NAME',
    'REMOTE_ADDR',
    'REMOTE_PORT',
    'wsgi.url_scheme',
    'SERVER_PROTOCOL',
    'HTTP_HOST',
    'HTTP_USER_AGENT',
    'HTTP_ACCEPT',
    'HTTP_ACCEPT_LANGUAGE',
    'HTTP_ACCEPT_ENCODING',
    'HTTP_COOKIE',
    'HTTP_REFERER',
    'HTTP_CONNECTION',
    'HTTP_X_FORWARDED_FOR',
    'HTTP_X_FORWARDED_PROTO',
    'HTTP_SEC_FETCH_DEST',
    'HTTP_SEC_FETCH_MODE',
    'HTTP_SEC_FETCH_SITE',
    'CONTENT_LENGTH',
    'CONTENT_TYPE',
  ].map((key) => [key, key]),
)

const fileWrapper = (file: WrappableFile, blockSize?: number): FileWrapper => new FileWrapper(file, blockSize)

/** What stands in an environ besides the request's strings. */
export interface EnvironObjects {
  readonly input: InputStream
  readonly errors: ErrorStream
  readonly context: RequestContext
  readonly isMultiprocess: boolean
}

// Made by a constructor that names the keys: V8 makes such an object in a fraction of the time that computed keys take. What comes out
// is a plain object.
function EnvironObject(this: Record<string, unknown>, own: readonly string[], objects: EnvironObjects): void {
  this['REQUEST_METHOD'] = own[0]
  this['PATH_INFO'] = own[1]
  this['QUERY_STRING'] = own[2]
  this['REQUEST_URI'] = own[3]
  this['RAW_URI'] = own[3]
  this['wsgi.version'] = WSGI_VERSION
  this['wsgi.input'] = objects.input
  this['wsgi.errors'] = objects.errors
  this['wsgi.multithread'] = false
  this['wsgi.multiprocess'] = objects.isMultiprocess
  this['wsgi.run_once'] = false
  this['wsgi.file_wrapper'] = fileWrapper
  this['wsgi.input_terminated'] = true
  this['gantry.request'] = objects.context
}
EnvironObject.prototype = Object.prototype
const Constructor = EnvironObject as unknown as new (
  own: readonly string[],
  objects: EnvironObjects,
) => Environ

/** Reads the strings of an exchange's environ. */
export function environOrigin(exchange: Exchange): EnvironOrigin {
  return new ReadOrigin(exchange)
}

// An object of a class, as is everything that lives as long as its request and leads to it: of literals that live long V8 makes all later
// ones old from the start, and what they lead to then waits for the next full collection.
class ReadOrigin implements EnvironOrigin {
  readonly exchange: Exchange
  readonly sharedPairs: readonly string[]
  readonly own: readonly string[]

  constructor(exchange: Exchange) {
    this.exchange = exchange
    this.sharedPairs = pairsOf(exchange.sharedEnviron)
    this.own = ownStrings(exchange)
  }
}

/** Makes the environ object of a request. */
export function environObject(origin: EnvironOrigin, objects: EnvironObjects): Environ {
  const { sharedPairs, own } = origin
  const environ = new Constructor(own, objects)
  for (let i = 0; i < sharedPairs.length; i += 2) put(environ, sharedPairs[i]!, sharedPairs[i + 1]!)
  for (let i = OWN_VALUES; i < own.length; i += 2) put(environ, own[i]!, own[i + 1]!)
  return environ
}

/** An environ made of strings, for requests that no gateway has read. */
export function environOf(strings: Readonly<Record<string, string>>, objects: EnvironObjects): Environ {
  const { REQUEST_METHOD = 'GET', PATH_INFO = '', QUERY_STRING = '', REQUEST_URI = '' } = strings
  const environ = new Constructor([REQUEST_METHOD, PATH_INFO, QUERY_STRING, REQUEST_URI], objects)
  return Object.assign(environ, strings)
}

/** As `environ[key] = value`, at a fraction of the cost where the key is a usual one. */
function put(environ: Environ, key: string, value: string): void {
  switch (key) {
    case 'SERVER_NAME':
      return void (environ['SERVER_NAME'] = value)
    case 'SERVER_PORT':
      return void (environ['SERVER_PORT'] = value)
    case 'SERVER_SOFTWARE':
      return void (environ['SERVER_SOFTWARE'] = value)
    case 'SCRIPT_NAME':
      return void (environ['SCRIPT_NAME'] = value)
    case 'REMOTE_ADDR':
      return void (environ['REMOTE_ADDR'] = value)
    case 'REMOTE_PORT':
      return void (environ['REMOTE_PORT'] = value)
    case 'wsgi.url_scheme':
      return void (environ['wsgi.url_scheme'] = value)
    case 'SERVER_PROTOCOL':
      return void (environ['SERVER_PROTOCOL'] = value)
    case 'HTTP_HOST':
      return void (environ['HTTP_HOST'] = value)
    case 'HTTP_USER_AGENT':
      return void (environ['HTTP_USER_AGENT'] = value)
    case 'HTTP_ACCEPT':
      return void (environ['HTTP_ACCEPT'] = value)
    case 'HTTP_ACCEPT_LANGUAGE':
      return void (environ['HTTP_ACCEPT_LANGUAGE'] = value)
    case 'HTTP_ACCEPT_ENCODING':
      return void (environ['HTTP_ACCEPT_ENCODING'] = value)
    case 'HTTP_COOKIE':
      return void (environ['HTTP_COOKIE'] = value)
    case 'HTTP_REFERER':
      return void (environ['HTTP_REFERER'] = value)
    case 'HTTP_CONNECTION':
      return void (environ['HTTP_CONNECTION'] = value)
    case 'HTTP_X_FORWARDED_FOR':
      return void (environ['HTTP_X_FORWARDED_FOR'] = value)
    case 'HTTP_X_FORWARDED_PROTO':
      return void (environ['HTTP_X_FORWARDED_PROTO'] = value)
    case 'HTTP_SEC_FETCH_DEST':
      return void (environ['HTTP_SEC_FETCH_DEST'] = value)
    case 'HTTP_SEC_FETCH_MODE':
      return void (environ['HTTP_SEC_FETCH_MODE'] = value)
    case 'HTTP_SEC_FETCH_SITE':
      return void (environ['HTTP_SEC_FETCH_SITE'] = value)
    case 'CONTENT_LENGTH':
      return void (environ['CONTENT_LENGTH'] = value)
    case 'CONTENT_TYPE':
      return void (environ['CONTENT_TYPE'] = value)
    default:
      environ[key] = value
  }
}

/** An environ as the two blocks of a worker's request frame: a shared one, and the text of an own one. */
export interface EnvironBlocks {
  readonly shared: Uint8Array
  /** One character a byte. */
  readonly own: string
}

/**
 * The strings of `environ` as environ blocks. With the `origin` that it was made of, only what was changed since is encoded.
 *
 * @throws TypeError for a string that no block can hold
 */
export function environBlocks(environ: Environ, origin: EnvironOrigin | undefined): EnvironBlocks {
  // An application may have deleted what may be empty.
  const given: Partial<Environ> = environ
  const { REQUEST_METHOD = '', PATH_INFO = '', QUERY_STRING = '' } = given
  const target = environ.REQUEST_URI ?? requestTarget(environ)
  const values = checked([REQUEST_METHOD, PATH_INFO, QUERY_STRING, target], origin?.own)
  const changes = origin === undefined ? undefined : changedPairs(environ, origin)
  if (origin === undefined || changes === undefined) return { shared: EMPTY, own: values + allPairs(environ) }
  return { shared: origin.exchange.sharedEnviron, own: values + ownPairs(origin) + changes }
}

/** The request target of an environ that has none: the path percent-encoded again (RFC 3986 §3.3). */
export function requestTarget({
  SCRIPT_NAME = '',
  PATH_INFO = '',
  QUERY_STRING = '',
}: Partial<Environ>): string {
  const path = `${SCRIPT_NAME}${PATH_INFO}`.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/g, percentEncoded)
  return `${path || '/'}${QUERY_STRING === '' ? '' : `?${QUERY_STRING}`}`
}

const percentEncoded = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

// A shared block is the same object for all requests of a connection that are alike.
const knownPairs = new WeakMap<Uint8Array, readonly string[]>()

function pairsOf(block: Uint8Array): readonly string[] {
  const known = knownPairs.get(block)
  if (known !== undefined) return known
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength)
  const strings: string[] = []
  readPairs(bytes.toString('latin1'), 0, strings)
  const byKey = new Map<string, string>()
  for (let i = 0; i < strings.length; i += 2) byKey.set(strings[i]!, strings[i + 1]!)
  const pairs = [...byKey].flat()
  knownPairs.set(block, pairs)
  return pairs
}

let scratch = Buffer.allocUnsafeSlow(16_384)

function ownStrings(exchange: Exchange): readonly string[] {
  const needed = exchange.environBytes()
  if (needed > scratch.length) scratch = Buffer.allocUnsafeSlow(needed * 2)
  const text = scratch.toString('latin1', 0, exchange.writeEnviron(scratch, 0))
  const strings = ['', '', '', '']
  let start = 0
  for (let i = 0; i < OWN_VALUES; i++) {
    const end = text.indexOf('\0', start)
    strings[i] = text.slice(start, end)
    start = end + 1
  }
  readPairs(text, start, strings)
  return strings
}

/** Adds the keys and values that stand in a block from `start` on. */
function readPairs(block: string, start: number, pairs: string[]): void {
  for (let keyStart = start; keyStart < block.length; ) {
    const keyEnd = block.indexOf('\0', keyStart)
    const valueEnd = block.indexOf('\0', keyEnd + 1)
    const key = block.slice(keyStart, keyEnd)
    pairs.push(USUAL_KEYS.get(key) ?? key, block.slice(keyEnd + 1, valueEnd))
    keyStart = valueEnd + 1
  }
}

/** The pairs that differ from `origin`, as text of a block; undefined where a key is gone, or stands elsewhere. */
function changedPairs(environ: Environ, { sharedPairs, own }: EnvironOrigin): string | undefined {
  let text = ''
  let pairs = sharedPairs
  let at = 0
  for (const key in environ) {
    const value = environ[key]
    if (typeof value !== 'string' || isOwnValue(key)) continue
    if (at === pairs.length && pairs === sharedPairs) {
      pairs = own
      at = OWN_VALUES
    }
    if (pairs[at] === key) {
      if (pairs[at + 1] !== value) text += pair(key, value)
      at += 2
    } else {
      text += pair(key, value)
    }
  }
  const isComplete = at === pairs.length && (pairs === own || own.length === OWN_VALUES)
  return isComplete ? text : undefined
}

function allPairs(environ: Environ): string {
  let text = ''
  for (const key in environ) {
    const value = environ[key]
    if (typeof value === 'string' && !isOwnValue(key)) text += pair(key, value)
  }
  return text
}

function ownPairs({ own }: EnvironOrigin): string {
  return own.length === OWN_VALUES ? '' : `${own.slice(OWN_VALUES).join('\0')}\0`
}

// The link's own block has one value for both names of the target.
function isOwnValue(key: string): boolean {
  return (
    key === 'REQUEST_METHOD' ||
    key === 'PATH_INFO' ||
    key === 'QUERY_STRING' ||
    key === 'REQUEST_URI' ||
    key === 'RAW_URI'
  )
}

function pair(key: string, value: string): string {
  return checked([key, value], undefined)
}

const NOT_IN_A_BLOCK = /[^\u0001-\u00ff]/

/** Strings as a block has them; those of `known` were read from one. */
function checked(strings: readonly string[], known: readonly string[] | undefined): string {
  let text = ''
  for (let i = 0; i < strings.length; i++) {
    const string = strings[i]!
    if (string !== known?.[i] && NOT_IN_A_BLOCK.test(string))
      throw new TypeError(
        `environ holds a string with NUL or with characters outside latin-1: ${JSON.stringify(string)}`,
      )
    text += `${string}\0`
  }
  return text
}
