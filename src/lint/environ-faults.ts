// What is wrong with an environ, as an application is given it: the doing of the server, or of middleware.

import type { Fault } from './finding.ts'
import { shown } from './shown-value.ts'

const REQUIRED = [
  'REQUEST_METHOD',
  'SCRIPT_NAME',
  'PATH_INFO',
  'QUERY_STRING',
  'SERVER_NAME',
  'SERVER_PORT',
  'SERVER_PROTOCOL',
  'wsgi.version',
  'wsgi.url_scheme',
  'wsgi.input',
  'wsgi.errors',
  'wsgi.multithread',
  'wsgi.multiprocess',
  'wsgi.run_once',
]
const CGI_NAME = /^[A-Z][A-Z0-9_]*$/
const LATIN1 = /^[\u0000-\u00ff]*$/
const DIGITS = /^[0-9]*$/
const STREAM_METHODS = {
  'wsgi.input': ['read', 'readline', 'readlines', Symbol.asyncIterator],
  'wsgi.errors': ['flush', 'write', 'writelines'],
} as const

type Variables = Readonly<Record<string, unknown>>

/** Checks an environ. A variable that is undefined counts as one that is not there. */
export function environFaults(environ: Variables): readonly Fault[] {
  return [
    ...objectFaults(environ),
    ...missingFaults(environ),
    ...stringFaults(environ),
    ...pathFaults(environ),
    ...contentFaults(environ),
    ...wsgiFaults(environ),
  ]
}

function objectFaults(environ: Variables): readonly Fault[] {
  const prototype: unknown = Object.getPrototypeOf(environ)
  if (prototype === Object.prototype || prototype === null) return []
  return [{ code: 'LINT_ENVIRON_DICT', seen: shown(environ) }]
}

function missingFaults(environ: Variables): readonly Fault[] {
  const missing = REQUIRED.filter((key) => environ[key] === undefined)
  return missing.length === 0 ? [] : [{ code: 'LINT_ENVIRON_MISSING', seen: `no ${missing.join(', ')}` }]
}

function stringFaults(environ: Variables): readonly Fault[] {
  const wrong = Object.entries(environ).filter(([key, value]) => CGI_NAME.test(key) && !isNative(value))
  return wrong.map(([key, value]) => ({ code: 'LINT_ENVIRON_STRING', seen: `${key} is ${shown(value)}` }))
}

const isNative = (value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && LATIN1.test(value))

function pathFaults(environ: Variables): readonly Fault[] {
  const wrong = ['SCRIPT_NAME', 'PATH_INFO'].filter((key) => {
    const path = environ[key]
    if (typeof path !== 'string' || path === '') return false
    return !path.startsWith('/') || (key === 'SCRIPT_NAME' && path === '/')
  })
  return wrong.map((key) => ({ code: 'LINT_ENVIRON_PATH', seen: `${key} is ${shown(environ[key])}` }))
}

function contentFaults(environ: Variables): readonly Fault[] {
  const { CONTENT_LENGTH: length } = environ
  const twins = ['HTTP_CONTENT_TYPE', 'HTTP_CONTENT_LENGTH'].filter((key) => environ[key] !== undefined)
  const faults: Fault[] = twins.map((key) => ({ code: 'LINT_ENVIRON_CONTENT', seen: `there is ${key}` }))
  if (typeof length === 'string' && !DIGITS.test(length))
    faults.push({ code: 'LINT_ENVIRON_CONTENT', seen: `CONTENT_LENGTH is ${shown(length)}` })
  return faults
}

function wsgiFaults(environ: Variables): readonly Fault[] {
  const version = environ['wsgi.version']
  const scheme = environ['wsgi.url_scheme']
  const faults: string[] = []
  if (version !== undefined && (!Array.isArray(version) || version.join() !== '1,0'))
    faults.push(`wsgi.version is ${shown(version)}`)
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https')
    faults.push(`wsgi.url_scheme is ${shown(scheme)}`)
  for (const [key, methods] of Object.entries(STREAM_METHODS)) {
    const stream = environ[key]
    const missing = stream === undefined ? [] : methods.filter((method) => !hasMethod(stream, method))
    if (missing.length > 0) faults.push(`${key} has no ${missing.map(String).join(', ')}`)
  }
  return faults.map((seen) => ({ code: 'LINT_ENVIRON_WSGI', seen }))
}

function hasMethod(stream: unknown, name: string | symbol): boolean {
  return typeof stream === 'object' && stream !== null && typeof Reflect.get(stream, name) === 'function'
}
