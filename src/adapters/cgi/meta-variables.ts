// An environ as the meta-variables of RFC 3875 §4.1: what a script is told of its request. Only what is listed here is passed on, as an
// environ may hold anything that middleware has put there.

import type { Environ } from '../../wsgi/environ.ts'

/** Names and values, a character a byte. */
export type MetaVariables = Record<string, string>

// Those of the RFC that a server copies, and what Apache and nginx add to them.
const COPIED = [
  'AUTH_TYPE',
  'CONTENT_TYPE',
  'HTTPS',
  'PATH_INFO',
  'QUERY_STRING',
  'REMOTE_ADDR',
  'REMOTE_HOST',
  'REMOTE_PORT',
  'REMOTE_USER',
  'REQUEST_METHOD',
  'REQUEST_URI',
  'SCRIPT_NAME',
  'SERVER_ADDR',
  'SERVER_NAME',
  'SERVER_PORT',
  'SERVER_PROTOCOL',
] as const
// They have names of their own, or speak of the client's connection; HTTP_PROXY would be taken for a setting ("httpoxy").
const NOT_COPIED = new Set([
  'HTTP_CONTENT_LENGTH',
  'HTTP_CONTENT_TYPE',
  'HTTP_PROXY',
  'HTTP_TRANSFER_ENCODING',
])
// What a shell takes for the name of a variable: scripts of some shells fail at others.
const FIELD_VARIABLE = /^HTTP_[A-Z0-9_]+$/

/** What of a request is passed on. */
export interface PassedOn {
  /** §4.1.18: the client's credentials are kept from scripts unless this is true. */
  readonly authorization: boolean
  /** Of the body; none is none. */
  readonly bodyBytes: number
}

/** The meta-variables of a request. */
export function metaVariables(environ: Environ, { authorization, bodyBytes }: PassedOn): MetaVariables {
  const variables: MetaVariables = {
    GATEWAY_INTERFACE: 'CGI/1.1',
    REMOTE_ADDR: '',
    REQUEST_SCHEME: environ['wsgi.url_scheme'],
    SERVER_SOFTWARE: environ.SERVER_SOFTWARE ?? 'gantry',
  }
  for (const name of COPIED) {
    const value = environ[name]
    if (value !== undefined) variables[name] = value as string
  }
  if (bodyBytes > 0 || environ.CONTENT_LENGTH === '0') variables['CONTENT_LENGTH'] = String(bodyBytes)
  for (const key in environ) {
    const value = environ[key]
    if (typeof value !== 'string' || !FIELD_VARIABLE.test(key) || NOT_COPIED.has(key)) continue
    if (key !== 'HTTP_AUTHORIZATION' || authorization) variables[key] = value
  }
  return variables
}

/** Whether a NUL would cut a variable short. HTTP does not let one in; middleware may. */
export const holdsNul = (variables: MetaVariables): boolean =>
  Object.values(variables).some((value) => value.includes('\0'))
