// Request targets and the mount prefix in them: raw, so that a `%2F` is no slash.

import { requestTarget } from '../wsgi/request-target.ts'
import type { Environ } from '../wsgi/environ.ts'
import { percentDecoded } from '../wsgi/request-strings.ts'

/** A request target in its parts, as sent. */
export interface TargetParts {
  /** Of the absolute form (RFC 9112 §3.2.2), where it takes the place of the Host field. */
  readonly authority: string | undefined
  readonly path: string
  /** With its question mark; empty without one. */
  readonly query: string
}

const ABSOLUTE_FORM = /^https?:\/\/([^/?#]+)/i

/** Undefined for a target that is neither a path nor an absolute URL nor `*`. */
export function splitTarget(target: string): TargetParts | undefined {
  const absolute = target.startsWith('/') ? null : ABSOLUTE_FORM.exec(target)
  if (absolute === null && !target.startsWith('/') && target !== '*') return undefined
  const rest = absolute === null ? target : target.slice(absolute[0].length)
  const queryStart = rest.indexOf('?')
  const path = queryStart === -1 ? rest : rest.slice(0, queryStart)
  return { authority: absolute?.[1], path, query: rest.slice(path.length) }
}

/** What follows `prefix` in a raw path: nothing, or something that begins with a slash; undefined where the path is not below it. */
export function splitMount(path: string, prefix: string): string | undefined {
  if (!path.startsWith(prefix)) return undefined
  const rest = path.slice(prefix.length)
  return prefix === '' || rest === '' || rest.startsWith('/') ? rest : undefined
}

/** Whether every `%` of a path begins two hex digits. A NUL would end the path in C, for file back ends and logs. */
export const isWellEncoded = (path: string): boolean =>
  !path.includes('%') || !/%(?:00|(?![0-9a-f]{2}))/i.test(path)

/** A mount prefix as options take it: empty, or `/legacy`. */
export function checkedMount(prefix: string, taker: string): string {
  if (prefix === '' || /^\/[^?#]*[^/?#]$/.test(prefix)) return prefix
  throw new RangeError(
    `${taker}: scriptName is a path such as '/legacy', with no slash at its end, or empty; not ${JSON.stringify(prefix)}`,
  )
}

/** The target of `environ` as sent, without scheme and authority; with `cutsMount`, without its SCRIPT_NAME. */
export function targetOf(environ: Environ, cutsMount: boolean): string {
  const { REQUEST_URI = requestTarget(environ), SCRIPT_NAME } = environ
  const parts = splitTarget(REQUEST_URI)
  const path = parts === undefined || parts.path === '' ? '/' : parts.path
  const query = parts?.query ?? ''
  if (!cutsMount || SCRIPT_NAME === '') return `${path}${query}`
  const rest = pathBelow(path, SCRIPT_NAME)
  return rest === undefined ? requestTarget({ ...environ, SCRIPT_NAME: '' }) : `${rest || '/'}${query}`
}

/** Cuts as much of a raw path as decodes to `scriptName`; undefined where middleware has given the request another place. */
function pathBelow(path: string, scriptName: string): string | undefined {
  let at = 0
  for (let decoded = 0; decoded < scriptName.length && at < path.length; decoded++)
    at += /^%[0-9a-f]{2}/i.test(path.slice(at, at + 3)) ? 3 : 1
  const isSame = percentDecoded(path.slice(0, at)) === scriptName
  return isSame ? splitMount(path, path.slice(0, at)) : undefined
}
