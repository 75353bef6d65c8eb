// Which pages of other origins may read an application's answers: the CORS protocol of the Fetch standard.

import { givenDuration } from '../config/given-values.ts'
import { withParts } from '../wsgi/application-parts.ts'
import type { Application, ApplicationResult, Middleware, StartResponse } from '../wsgi/application.ts'
import { changedHeaders } from '../wsgi/changed-headers.ts'
import type { Environ } from '../wsgi/environ.ts'
import { addHeaders, addVary } from '../wsgi/header-list.ts'
import type { Header } from '../wsgi/header.ts'

/** Decides about one origin, such as `https://shop.example.org`. */
export type OriginRule = (origin: string, environ: Environ) => boolean

/** What pages of other origins may do. */
export interface CorsOptions {
  /** `*` for every origin, else one, a list, an expression that the whole origin must match, or a function. */
  readonly origins: string | readonly string[] | RegExp | OriginRule
  /** `GET`, `HEAD`, `POST`, `PUT`, `PATCH` and `DELETE` if left out. */
  readonly methods?: readonly string[]
  /** Request fields beyond the harmless ones; `*` for all that are asked for. `Content-Type` and `Authorization` if left out. */
  readonly headers?: '*' | readonly string[]
  /** Headers of the answer that the page may see beyond the harmless ones. */
  readonly exposedHeaders?: readonly string[]
  /** Whether cookies and credentials of the browser may come along. Never together with `*` as origin. */
  readonly credentials?: boolean
  /** How long a browser may keep the answer to a preflight: whole seconds as text (`10m`) or in milliseconds. */
  readonly maxAge?: string | number
}

/**
 * Answers preflights by itself, and says in every other answer, error pages too, which origin may read it.
 *
 * What the application says of it in `Access-Control-` headers of its own is replaced.
 *
 * ```ts
 * cors({ origins: ['https://shop.example.org'], credentials: true })
 * ```
 *
 * @throws RangeError for options that browsers would not understand, and for credentials with every origin
 */
export function cors(options: CorsOptions): Middleware {
  const policy = policyOf(options)
  return function cors(application) {
    const shared: Application = (environ, startResponse) => {
      const allowed = allowedOrigin(policy, environ)
      if (isPreflight(environ)) return answerPreflight(policy, environ, allowed, startResponse)
      const context = environ['gantry.request']
      if (context !== undefined) tell(policy, allowed, context.errorHeaders)
      const change = changedHeaders(startResponse, (headers) => tell(policy, allowed, headers))
      return application(environ, change)
    }
    return withParts(shared, [application])
  }
}

interface Policy {
  /** Undefined for every origin. */
  readonly isAllowed: OriginRule | undefined
  /** Undefined for all that are asked for. */
  readonly headers: string | undefined
  /** What every allowed answer has besides its origin, and what a preflight's has. */
  readonly ofAnswers: readonly Header[]
  readonly ofPreflights: readonly Header[]
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']
const HEADERS = ['Content-Type', 'Authorization']
const TOKENS = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[ \t]*,[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+)*$/

function policyOf(options: CorsOptions): Policy {
  const { methods = METHODS, headers = HEADERS, exposedHeaders = [], credentials = false, maxAge } = options
  if (credentials && options.origins === '*')
    throw new RangeError('cors: credentials for every origin would give them to everybody; list the origins')
  const ofCredentials: Header[] = credentials ? [['Access-Control-Allow-Credentials', 'true']] : []
  const ofAnswers: Header[] = [...ofCredentials]
  if (exposedHeaders.length > 0)
    ofAnswers.push(['Access-Control-Expose-Headers', listed('exposedHeaders', exposedHeaders)])
  const ofPreflights: Header[] = [
    ...ofCredentials,
    ['Access-Control-Allow-Methods', listed('methods', methods)],
  ]
  if (maxAge !== undefined) ofPreflights.push(['Access-Control-Max-Age', secondsOf(maxAge)])
  const allowedHeaders = headers === '*' ? undefined : listed('headers', headers)
  return { isAllowed: ruleOf(options.origins), headers: allowedHeaders, ofAnswers, ofPreflights }
}

function listed(option: string, names: readonly string[]): string {
  const list = names.join(', ')
  // With credentials a browser takes "*" for a name, so it is never meant here.
  if (list === '' || (TOKENS.test(list) && !names.includes('*'))) return list
  throw new RangeError(`cors: ${option} is a list of names, not ${JSON.stringify(names)}`)
}

function secondsOf(maxAge: string | number): string {
  const ms = givenDuration('cors: maxAge', maxAge, 0)
  if (ms % 1000 === 0) return String(ms / 1000)
  throw new RangeError(
    `cors: maxAge is whole seconds, as "10m" or in milliseconds; not ${JSON.stringify(maxAge)}`,
  )
}

function ruleOf(origins: CorsOptions['origins']): OriginRule | undefined {
  if (origins === '*') return undefined
  if (typeof origins === 'function') return origins
  if (origins instanceof RegExp) {
    // The whole of it: /shop\.example/ alone would also match https://shop.example.attacker.example.
    const whole = new RegExp(`^(?:${origins.source})$`, origins.flags.replace(/[gy]/g, ''))
    return (origin) => whole.test(origin)
  }
  const list = typeof origins === 'string' ? [origins] : origins
  const known = new Set(list.map(checkedOrigin))
  return (origin) => known.has(origin)
}

/** An origin as browsers write it: scheme, host, and a port that is not the scheme's own. */
function checkedOrigin(given: string): string {
  const written = writtenOrigin(given)
  if (written === given) return given
  throw new RangeError(
    `cors: an origin is written as browsers do, such as ${written ?? 'https://shop.example.org'}; not "${given}"`,
  )
}

function writtenOrigin(given: string): string | undefined {
  // A star is no wildcard here, but would pass for a host: an expression says what is meant.
  if (given.includes('*') || !URL.canParse(given)) return undefined
  const { origin, protocol, host } = new URL(given)
  // Schemes of applications' own (capacitor://localhost) have an origin for browsers only.
  if (origin === 'null') return host === '' ? undefined : `${protocol}//${host}`
  return origin
}

/** Fetch standard, "CORS-preflight request". Any other OPTIONS request is the application's. */
function isPreflight(environ: Environ): boolean {
  return (
    environ.REQUEST_METHOD === 'OPTIONS' &&
    environ.HTTP_ORIGIN !== undefined &&
    environ['HTTP_ACCESS_CONTROL_REQUEST_METHOD'] !== undefined
  )
}

function allowedOrigin({ isAllowed }: Policy, environ: Environ): string | undefined {
  const origin = environ.HTTP_ORIGIN
  if (isAllowed === undefined) return '*'
  return origin !== undefined && isAllowed(origin, environ) ? origin : undefined
}

function answerPreflight(
  policy: Policy,
  environ: Environ,
  allowed: string | undefined,
  startResponse: StartResponse,
): ApplicationResult {
  const headers: Header[] = []
  const requested = environ['HTTP_ACCESS_CONTROL_REQUEST_HEADERS']
  if (policy.isAllowed !== undefined) addVary(headers, 'Origin')
  if (policy.headers === undefined) addVary(headers, 'Access-Control-Request-Headers')
  if (allowed !== undefined) {
    headers.push(['Access-Control-Allow-Origin', allowed])
    addHeaders(headers, policy.ofPreflights)
    const names = policy.headers ?? (requested !== undefined && TOKENS.test(requested) ? requested : '')
    if (names !== '') headers.push(['Access-Control-Allow-Headers', names])
  }
  startResponse('204 No Content', headers)
  return []
}

function tell({ isAllowed, ofAnswers }: Policy, allowed: string | undefined, headers: Header[]): void {
  removeOwn(headers)
  // Also where nothing is allowed: a cache must not give that answer to an origin that is (Fetch standard, "CORS protocol and HTTP caches").
  if (isAllowed !== undefined) addVary(headers, 'Origin')
  if (allowed === undefined) return
  headers.push(['Access-Control-Allow-Origin', allowed])
  addHeaders(headers, ofAnswers)
}

const OWN_HEADERS = new Set([
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
])
const SHORTEST_OWN = 'access-control-allow-origin'.length

function removeOwn(headers: Header[]): void {
  for (let i = headers.length - 1; i >= 0; i--) {
    const [name] = headers[i]!
    if (name.length >= SHORTEST_OWN && OWN_HEADERS.has(name.toLowerCase())) headers.splice(i, 1)
  }
}
