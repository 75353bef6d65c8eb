// A CGI script as an application: a process for each request (RFC 3875).

import { dirname, resolve } from 'node:path'
import type { Application } from '../../wsgi/application.ts'
import { type CgiOptions, cgiSettings } from './cgi-settings.ts'
import { runScript } from './run-script.ts'

/**
 * Makes an application of a CGI script, an executable file. It is run once for each request, in its own directory; the mount point is its
 * SCRIPT_NAME.
 *
 * ```ts
 * mount({ '/guestbook': cgiScript('cgi-bin/guestbook.pl'), '/': pythonApplication('shop:app') })
 * ```
 *
 * @throws RangeError for options out of their range
 */
export function cgiScript(path: string, options: CgiOptions = {}): Application {
  const file = resolve(path)
  const settings = cgiSettings('cgiScript', `the script ${file}`, options)
  return function cgiScript(environ, startResponse) {
    return runScript({ file, directory: dirname(file) }, settings, environ, startResponse)
  }
}
