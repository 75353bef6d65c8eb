// The strings of a CGI program's environ: the process's environment (RFC 3875) as PEP 3333 wants it. Its twin is
// python/gantry_worker/cgi_environ.py, and both are tested against test/gateways/cgi/environ-cases.json.

import { DROPPED_FIELDS, defaultPort, isLength, isSecure } from '../../cgi/variable-rules.ts'
import { requestTarget } from '../../wsgi/request-target.ts'

/** Strings of one character a byte. */
export type CgiStrings = Record<string, string>

/** Why a request cannot be served. */
export class CgiProblem {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

// In the order of RFC 3875 §4.1. What a web server leaves out has these values.
const DEFAULTS = {
  PATH_INFO: '',
  QUERY_STRING: '',
  SCRIPT_NAME: '',
  SERVER_NAME: 'localhost',
  SERVER_PROTOCOL: 'HTTP/1.0',
}

/** All strings of the environ; `variables` hold REQUEST_METHOD. `scriptName` takes the place of SCRIPT_NAME (`--script-name`). */
export function cgiStrings(
  variables: Iterable<readonly [name: string, value: string]>,
  scriptName?: string,
): CgiStrings | CgiProblem {
  const given = [...variables].filter(([name, value]) => isTaken(name, value))
  const strings: CgiStrings = { ...DEFAULTS, ...Object.fromEntries(given) }
  const { CONTENT_LENGTH: length = '0' } = strings
  if (!isLength(length)) return new CgiProblem(`CONTENT_LENGTH is '${length}', which is no number of bytes`)
  putScheme(strings)
  if (scriptName !== undefined) mount(strings, scriptName)
  const target = strings['REQUEST_URI'] || requestTarget(strings)
  strings['REQUEST_URI'] = strings['RAW_URI'] = target
  return strings
}

/** How many bytes of the standard input are the request's body; 0 for what is no number. */
export const bodyBytes = ({ CONTENT_LENGTH: length = '0' }: Partial<CgiStrings>): number =>
  isLength(length) ? Number(length) : 0

function isTaken(name: string, value: string): boolean {
  if (DROPPED_FIELDS.has(name) || name.startsWith('wsgi.')) return false
  // Empty, as many servers say that there is none.
  return value !== '' || (name !== 'CONTENT_LENGTH' && name !== 'CONTENT_TYPE')
}

function putScheme(strings: CgiStrings): void {
  const isTls = isSecure(strings['HTTPS'])
  if (isTls) strings['HTTPS'] = 'on'
  else delete strings['HTTPS']
  strings['wsgi.url_scheme'] = isTls ? 'https' : 'http'
  strings['SERVER_PORT'] ??= defaultPort(isTls)
}

function mount(strings: CgiStrings, scriptName: string): void {
  const { PATH_INFO: path = '' } = strings
  if (`${path}/`.startsWith(`${scriptName}/`)) strings['PATH_INFO'] = path.slice(scriptName.length)
  strings['SCRIPT_NAME'] = scriptName
}
