// The environ of a request as an object: what TypeScript applications and middleware are given.

import { type EnvironOrigin, OWN_VALUES } from './environ-origin.ts'
import type { Environ } from './environ.ts'
import type { ErrorStream } from './error-stream.ts'
import { FileWrapper, type WrappableFile } from './file-wrapper.ts'
import type { InputStream } from './input-stream.ts'
import type { RequestContext } from './request-context.ts'

const WSGI_VERSION: Environ['wsgi.version'] = Object.freeze([1, 0] as const)

const fileWrapper = (file: WrappableFile, blockSize?: number): FileWrapper => new FileWrapper(file, blockSize)

/** What stands in an environ besides the request's strings. */
export interface EnvironObjects {
  readonly input: InputStream
  readonly errors: ErrorStream
  readonly context: RequestContext
  readonly isMultiprocess: boolean
  /** The process answers this one request, and ends. False if left out. */
  readonly isRunOnce?: boolean
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
  this['wsgi.run_once'] = objects.isRunOnce === true
  this['wsgi.file_wrapper'] = fileWrapper
  this['wsgi.input_terminated'] = true
  this['gantry.request'] = objects.context
}
EnvironObject.prototype = Object.prototype
const Constructor = EnvironObject as unknown as new (
  own: readonly string[],
  objects: EnvironObjects,
) => Environ

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
