// Several applications under one: by path prefix, by host, or both. Whole segments count, as they stand in the request target before
// `%2F` is decoded; dot segments are never resolved, so nothing leads from one application's paths to another's.

import { parseScriptName } from '../config/texts.ts'
import { withParts } from '../wsgi/application-parts.ts'
import type { Application } from '../wsgi/application.ts'
import { type ApplicationLike, asApplication } from '../wsgi/as-application.ts'
import type { Environ } from '../wsgi/environ.ts'
import { errorAnswer } from '../wsgi/error-answer.ts'
import { percentDecoded } from '../wsgi/request-strings.ts'

/** Where one application is mounted. */
export interface MountRoute {
  /** `/shop`: this path and all below it, plain or percent-encoded. `/`, the default, is every path. */
  readonly path?: string
  /** `shop.example.org`, or `*.example.org` for every name below that one; without a port. Every host if left out. */
  readonly host?: string
  readonly application: ApplicationLike
}

/** Applications by their path, or a list of routes. */
export type MountRoutes = Readonly<Record<string, ApplicationLike>> | readonly MountRoute[]

/**
 * Makes one application of several: each request goes to the one with the longest prefix of its path.
 *
 * Routes of the request's host come before those without a host. The mounted application finds its prefix in `SCRIPT_NAME` and the rest
 * of the path in `PATH_INFO` (wsgi-requirements W18); `REQUEST_URI` stays. What no route takes is answered 404.
 *
 * ```ts
 * mount({ '/shop': pythonApplication('shop.wsgi:application'), '/': site })
 * ```
 *
 * @throws RangeError for a path or host that no request can have, and for a route given twice
 */
export function mount(routes: MountRoutes): Application {
  const table = routeTable(routes)
  const hasHosts = table.some(({ host }) => host !== '')
  const mounted: Application = (environ, startResponse) => {
    const path = markedPath(environ)
    const host = hasHosts ? hostOf(environ) : ''
    const route = table.find((each) => matchesHost(each.host, host) && isBelow(each.prefix, path))
    if (route === undefined) return errorAnswer(startResponse, 404)
    enter(environ, route.prefix.length)
    return route.application(environ, startResponse)
  }
  return withParts(
    mounted,
    table.map(({ application }) => application),
  )
}

interface Route {
  /** Decoded, its slashes marked as in `markedPath`; empty for every path. */
  readonly prefix: string
  /** Lower case; `.example.org` stands for the names below it, the empty one for every host. */
  readonly host: string
  readonly application: Application
}

// Stands for a slash that was sent as %2F and so is part of a segment. No environ has it: their characters are bytes.
const ENCODED_SLASH = '\uffff'
const HOST_NAME = /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/
const IPV6_HOST = /^\[[0-9a-f:.]+\]$/

function routeTable(routes: MountRoutes): readonly Route[] {
  const table = listOf(routes).map(({ path = '/', host = '', application }) => ({
    prefix: parsePrefix(path),
    host: parseHost(host),
    application: asApplication(application),
  }))
  if (table.length === 0) throw new RangeError('mount: there is no route')
  const known = new Set<string>()
  for (const { prefix, host } of table) {
    const key = `${host} ${prefix}`
    if (known.has(key))
      throw new RangeError(`mount: two routes have the path "${prefix || '/'}" and the same host`)
    known.add(key)
  }
  return table.sort(closestFirst)
}

function listOf(routes: MountRoutes): readonly MountRoute[] {
  if (isList(routes)) return routes
  return Object.entries(routes).map(([path, application]) => ({ path, application }))
}

function isList(routes: MountRoutes): routes is readonly MountRoute[] {
  return Array.isArray(routes)
}

function parsePrefix(path: string): string {
  if (path === '/') return ''
  const parsed = parseScriptName(path)
  const prefix = marked(Buffer.from(path, 'utf8').toString('latin1'))
  const hasDots = prefix.split('/').some((segment) => segment === '.' || segment === '..')
  if (parsed.ok && !hasDots && path !== '') return prefix
  throw new RangeError(
    `mount: a path begins with a slash, has none at its end, and no empty or dot segments, as /shop; not "${path}"`,
  )
}

function parseHost(host: string): string {
  const lower = host.toLowerCase()
  if (lower !== '' && !HOST_NAME.test(lower) && !IPV6_HOST.test(lower))
    throw new RangeError(
      `mount: a host is a name such as shop.example.org or *.example.org without a port; not "${host}"`,
    )
  return lower.startsWith('*') ? lower.slice(1) : lower
}

/** Names before wildcards before every host; of each the longest path first. */
function closestFirst(one: Route, other: Route): number {
  return rankOf(other.host) - rankOf(one.host) || other.prefix.length - one.prefix.length
}

const LONGER_THAN_ANY_HOST = 1e6

function rankOf(host: string): number {
  return host === '' || host.startsWith('.') ? host.length : LONGER_THAN_ANY_HOST
}

function matchesHost(pattern: string, host: string): boolean {
  if (pattern === '' || pattern === host) return true
  return pattern.startsWith('.') && host.length > pattern.length && host.endsWith(pattern)
}

function isBelow(prefix: string, path: string): boolean {
  if (!path.startsWith(prefix)) return false
  return prefix === '' || path.length === prefix.length || path[prefix.length] === '/'
}

/** RFC 9110 §7.2: the name that the client has asked for, without its port and the dot of a complete name. */
function hostOf({ HTTP_HOST, SERVER_NAME }: Environ): string {
  return (HTTP_HOST?.replace(/:\d*$/, '') ?? SERVER_NAME).replace(/\.$/, '').toLowerCase()
}

/** `PATH_INFO`, in which the slashes that were sent as `%2F` are marked. */
function markedPath({ REQUEST_URI, PATH_INFO }: Environ): string {
  if (REQUEST_URI?.includes('%') !== true) return PATH_INFO
  const queryStart = REQUEST_URI.indexOf('?')
  const whole = marked(queryStart === -1 ? REQUEST_URI : REQUEST_URI.slice(0, queryStart))
  // Its end, as mounts outside of this one have taken their part, and a proxy has perhaps put one before it.
  const path = whole.slice(Math.max(0, whole.length - PATH_INFO.length))
  // Middleware may have written another path: then all its slashes are meant as such.
  return path.replaceAll(ENCODED_SLASH, '/') === PATH_INFO ? path : PATH_INFO
}

const marked = (path: string): string => percentDecoded(path.replace(/%2f/gi, ENCODED_SLASH))

/** The environ is this request's own: no copy is needed. */
function enter(environ: Environ, length: number): void {
  if (length === 0) return
  environ.SCRIPT_NAME += environ.PATH_INFO.slice(0, length)
  environ.PATH_INFO = environ.PATH_INFO.slice(length)
}
