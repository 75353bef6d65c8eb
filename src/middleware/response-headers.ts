// Headers for every answer, and a set of those that make browsers more careful.

import { withParts } from '../wsgi/application-parts.ts'
import type { Application, Middleware } from '../wsgi/application.ts'
import { changedHeaders } from '../wsgi/changed-headers.ts'
import { checkHead } from '../wsgi/checked-head.ts'
import type { Environ } from '../wsgi/environ.ts'
import { addHeaders, hasHeader, removeHeader, setHeader } from '../wsgi/header-list.ts'
import type { Header } from '../wsgi/header.ts'

/** Which headers answers get and lose: `remove` first, then `set`, `add`, and last what is missing of `preset`. */
export interface ResponseHeadersOptions {
  /** In the place of the application's own. */
  readonly set?: Readonly<Record<string, string>>
  /** Besides the application's own. */
  readonly add?: readonly Readonly<Header>[]
  /** Names of headers that do not leave. */
  readonly remove?: readonly string[]
  /** Only where the application has not said otherwise. */
  readonly preset?: 'security'
}

/**
 * Sets, adds and removes headers of every answer.
 *
 * The server's own error pages get them too, but for those that speak of an answer's content, such as `Cache-Control`.
 *
 * ```ts
 * responseHeaders({ preset: 'security', set: { 'X-Frame-Options': 'DENY' }, remove: ['X-Powered-By'] })
 * ```
 *
 * @throws RangeError or AssertionError for a header that cannot be sent
 */
export function responseHeaders(options: ResponseHeadersOptions): Middleware {
  const set = Object.entries(options.set ?? {})
  const add = (options.add ?? []).map(([name, value]): Header => [name, value])
  const remove = options.remove ?? []
  checkHead('200 OK', [...set, ...add])
  for (const name of remove) checkHead('200 OK', [[name, '0']])
  const preset = presetOf(options.preset)
  const setOnErrors = set.filter(([name]) => !OF_THE_CONTENT.test(name))
  const addOnErrors = add.filter(([name]) => !OF_THE_CONTENT.test(name))

  return function responseHeaders(application) {
    const headed: Application = (environ, startResponse) => {
      const wanted = preset(environ)
      const ofErrors = environ['gantry.request']?.errorHeaders
      if (ofErrors !== undefined) {
        // What stands there is from further outside, which has the last word.
        addMissing(ofErrors, setOnErrors)
        addHeaders(ofErrors, addOnErrors)
        addMissing(ofErrors, wanted)
      }
      const change = changedHeaders(startResponse, (headers) => {
        for (const name of remove) removeHeader(headers, name)
        for (const [name, value] of set) setHeader(headers, name, value)
        addHeaders(headers, add)
        addMissing(headers, wanted)
      })
      return application(environ, change)
    }
    return withParts(headed, [application])
  }
}

// An error page has a content of its own: what is meant for the application's would be wrong there, or would have caches keep it.
const OF_THE_CONTENT =
  /^(content-(type|length|encoding|language|location|range|disposition)|cache-control|expires|etag|last-modified|retry-after|accept-ranges|vary|set-cookie)$/i

const NOTHING: readonly Header[] = []

// Why these, and why not more: docs/reference/middleware.md.
const SECURITY: readonly Header[] = [
  ['X-Content-Type-Options', 'nosniff'],
  ['X-Frame-Options', 'SAMEORIGIN'],
  ['Referrer-Policy', 'strict-origin-when-cross-origin'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
]
// RFC 6797 §7.2: never over plain HTTP.
const SECURITY_OVER_TLS: readonly Header[] = [...SECURITY, ['Strict-Transport-Security', 'max-age=31536000']]

function presetOf(preset: string | undefined): (environ: Environ) => readonly Header[] {
  if (preset === undefined) return () => NOTHING
  if (preset !== 'security')
    throw new RangeError(`responseHeaders: the only preset is "security", not "${preset}"`)
  return (environ) => (environ['wsgi.url_scheme'] === 'https' ? SECURITY_OVER_TLS : SECURITY)
}

function addMissing(headers: Header[], wanted: readonly Header[]): void {
  for (const [name, value] of wanted) {
    if (!hasHeader(headers, name)) headers.push([name, value])
  }
}
