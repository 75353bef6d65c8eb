// A FastCGI server, such as php-fpm, as an application.

import { dirname, resolve } from 'node:path'
import { givenCount, givenDuration } from '../../config/given-values.ts'
import { bytesOf } from '../../wsgi/byte-string.ts'
import type { Application, ApplicationResult, StartResponse } from '../../wsgi/application.ts'
import type { Environ } from '../../wsgi/environ.ts'
import { errorAnswer } from '../../wsgi/error-answer.ts'
import type { MetaVariables } from '../cgi/meta-variables.ts'
import { Places } from '../cgi/places.ts'
import { type Scripts, scriptAnswer } from '../cgi/script-answer.ts'
import { type ScriptOptions, scriptSettings } from '../cgi/script-options.ts'
import { targetOf } from '../mounted-target.ts'
import { type FastcgiConnections, FastcgiRun } from './fastcgi-run.ts'
import { IdleConnections } from './idle-connections.ts'
import { type PhpRoot, findPhpScript } from './php-script.ts'
import { connectTo, parseServerAddress } from './server-address.ts'

/** What a FastCGI server is told, and how it is spoken to. */
export interface FastcgiOptions extends ScriptOptions {
  /**
   * A directory of scripts, which this process must be able to read as well: the path names the file, and what follows is its PATH_INFO. What
   * is not there, or no script, is answered 404, or by `fallback`. Nothing is read out.
   */
  readonly root?: string
  /** With `root`: the file of a directory; `index.php` if left out. */
  readonly index?: string
  /** With `root`: what the names of scripts end with; `.php` if left out. */
  readonly extension?: string
  /** With `root`: the script of all paths that name none, such as `/index.php`. */
  readonly fallback?: string
  /** The one script of all paths, as the server is to find it. */
  readonly script?: string
  /** For how long to wait for a connection; `5s` if left out. */
  readonly connectTimeout?: string | number
  /**
   * As many connections are kept for next requests; 0 if left out, as each occupies a process of php-fpm. They serve requests without a body whose
   * method is safe, which are sent again where the server has closed such a connection before it said anything.
   */
  readonly idleConnections?: number
  /** Whether the server sees the client's credentials (HTTP_AUTHORIZATION). It does if left out: PHP applications check them by themselves. */
  readonly authorization?: boolean
}

/**
 * Makes an application of a FastCGI server, at `unix:/run/php/php-fpm.sock` or `127.0.0.1:9000`.
 *
 * With neither `root` nor `script` the server is told nothing of files: it is an application of its own, such as one that Gantry
 * serves with FastCGI.
 *
 * ```ts
 * mount({ '/blog': fastcgi('unix:/run/php/php-fpm.sock', { root: '/srv/blog' }), '/': pythonApplication('shop:app') })
 * ```
 *
 * @throws RangeError for an address that is none, and for options out of their range
 */
export function fastcgi(address: string, options: FastcgiOptions = {}): Application {
  const server = parseServerAddress(address)
  const settings = scriptSettings('fastcgi', options)
  const { connectTimeout = '5s', idleConnections = 0, authorization = true } = options
  const connectTimeoutMs = givenDuration('fastcgi: connectTimeout', connectTimeout, 1)
  const connections = {
    name: server.name,
    idle: new IdleConnections(givenCount('fastcgi: idleConnections', idleConnections, 0)),
    connect: () => connectTo(server, connectTimeoutMs),
  }
  const places = new Places(server.name, settings)
  const scripts = { settings, places, passesAuthorization: authorization }
  const php = phpRoot(options)
  const fixed = scriptVariables(options)
  if (php === undefined) {
    return function fastcgi(environ, startResponse) {
      return answer(connections, scripts, environ, startResponse, fixed)
    }
  }
  return async function fastcgi(environ, startResponse) {
    const found = await findPhpScript(php, environ)
    if (found === undefined) return errorAnswer(startResponse, 404)
    if (found.type === 'directory') return withSlash(environ, startResponse)
    return await answer(connections, scripts, environ, startResponse, {
      ...found.variables,
      ...REDIRECT_STATUS,
    })
  }
}

/** Without it, a PHP that was built to be safe behind Apache refuses to run. */
const REDIRECT_STATUS = { REDIRECT_STATUS: '200' }
// RFC 9110 §9.2.1.
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

function phpRoot(options: FastcgiOptions): PhpRoot | undefined {
  const { root, index = 'index.php', extension = '.php', fallback } = options
  if (root === undefined) return undefined
  if (options.script !== undefined) throw new RangeError('fastcgi: of root and script only one can count')
  if (fallback !== undefined && !fallback.startsWith('/'))
    throw new RangeError(`fastcgi: fallback is a path such as /index.php, not ${JSON.stringify(fallback)}`)
  return { root: resolve(root), index, extension, fallback }
}

function scriptVariables({ script }: FastcgiOptions): MetaVariables {
  if (script === undefined) return {}
  return { ...REDIRECT_STATUS, SCRIPT_FILENAME: bytesOf(script), DOCUMENT_ROOT: bytesOf(dirname(script)) }
}

function answer(
  connections: FastcgiConnections,
  scripts: Scripts,
  environ: Environ,
  startResponse: StartResponse,
  added: MetaVariables,
): Promise<ApplicationResult> {
  return scriptAnswer(scripts, environ, startResponse, added, (request, variables) =>
    FastcgiRun.start(connections, {
      variables,
      isRepeatable: SAFE.has(request.REQUEST_METHOD) && variables['CONTENT_LENGTH'] === undefined,
      errors: request['wsgi.errors'],
    }),
  )
}

/** Relative links of an index count from the directory. */
function withSlash(environ: Environ, startResponse: StartResponse): ApplicationResult {
  const [path = '', ...query] = targetOf(environ, false).split('?')
  const location = [`${path}/`, ...query].join('?')
  return errorAnswer(startResponse, 301, { headers: [['Location', location]] })
}
