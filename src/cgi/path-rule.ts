// Which part of the path is SCRIPT_NAME and which is PATH_INFO, when a web server hands on a request by FastCGI, SCGI or uwsgi. Their stock
// configurations say it in different ways, or only the whole path; the rule and its reasons are in docs/decisions/0019-path-rule.md.

import { percentDecoded } from '../wsgi/request-strings.ts'

/** What the web server says of the path. Undefined is what it does not say, which is another thing than an empty text. */
export interface SaidPath {
  readonly scriptName: string | undefined
  readonly pathInfo: string | undefined
  /** The whole path, decoded and normalised (nginx). */
  readonly documentUri: string | undefined
  /** The request target as sent. */
  readonly requestUri: string | undefined
}

export interface SplitPath {
  readonly scriptName: string
  readonly path: string
}

/** `mount`: where the application is mounted, if `--script-name` says so; empty without it. */
export function splitPath(said: SaidPath, mount: string): SplitPath {
  const split = saidSplit(said)
  if (mount === '') return split
  const whole = split.scriptName + split.path
  return { scriptName: mount, path: isUnder(mount, whole) ? whole.slice(mount.length) : whole }
}

function saidSplit(said: SaidPath): SplitPath {
  const { scriptName = '', pathInfo } = said
  if (pathInfo === undefined) return derivedSplit(said)
  if (scriptName === '') return split('', pathInfo)
  // Where one of them is the whole path already, both together would be none that was asked for.
  const whole = requestedPath(said)
  if (pathInfo === whole && isUnder(scriptName, whole))
    return split(scriptName, whole.slice(scriptName.length))
  if (scriptName === whole && pathInfo !== '') return splitBefore(pathInfo, whole)
  return split(scriptName, pathInfo)
}

/** Apache leaves the end of a path in front, too, where it was not decoded behind, or ends with a slash. */
function splitBefore(pathInfo: string, whole: string): SplitPath {
  const end = [pathInfo, percentDecoded(pathInfo)].find((each) => whole.endsWith(each))
  return end === undefined ? split(whole, pathInfo) : split(whole.slice(0, -end.length), end)
}

/** Who leaves out PATH_INFO gives the whole path as DOCUMENT_URI or as SCRIPT_NAME. */
function derivedSplit(said: SaidPath): SplitPath {
  const { scriptName = '' } = said
  const whole = said.documentUri || requestedPath(said)
  if (scriptName !== '' && scriptName !== whole && isUnder(scriptName, whole))
    return split(scriptName, whole.slice(scriptName.length))
  return split('', said.documentUri || scriptName || whole)
}

function split(scriptName: string, path: string): SplitPath {
  return { scriptName, path: scriptName === '' && path === '' ? '/' : path }
}

/** The path of the request target, decoded; empty where there is none. */
function requestedPath({ requestUri = '' }: SaidPath): string {
  const queryStart = requestUri.indexOf('?')
  const path = queryStart === -1 ? requestUri : requestUri.slice(0, queryStart)
  return path.includes('%') ? percentDecoded(path) : path
}

const isUnder = (prefix: string, path: string): boolean =>
  path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === '/')
