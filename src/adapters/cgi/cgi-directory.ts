// A directory of CGI scripts, such as /cgi-bin, as an application.

import { constants } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Application } from '../../wsgi/application.ts'
import { errorAnswer } from '../../wsgi/error-answer.ts'
import { type CgiOptions, cgiSettings } from './cgi-settings.ts'
import { findScript } from './found-script.ts'
import { runScript } from './run-script.ts'

/**
 * Makes an application of a directory of CGI scripts: the path names the script, and what follows is its PATH_INFO.
 *
 * Only executable files are run, and nothing is ever read out. What leads out of the directory, through dot segments or links, and what
 * is hidden (`.name`) is not found. A file that is not executable is answered 403.
 *
 * ```ts
 * mount({ '/cgi-bin': cgiDirectory('/usr/lib/cgi-bin') })
 * ```
 *
 * @throws RangeError for options out of their range
 */
export function cgiDirectory(path: string, options: CgiOptions = {}): Application {
  const directory = resolve(path)
  const settings = cgiSettings('cgiDirectory', `the directory of scripts ${directory}`, options)
  return async function cgiDirectory(environ, startResponse) {
    // Asked each time: a deployment may put another directory in the place of a link.
    const root = await realpath(directory).catch(() => undefined)
    const found = root === undefined ? undefined : await findScript(root, environ.PATH_INFO)
    if (found?.type !== 'file') return errorAnswer(startResponse, 404)
    if (!(await isExecutable(found.file))) {
      environ['wsgi.errors'].write(`${found.file} is no script, as it is not executable (chmod +x)\n`)
      return errorAnswer(startResponse, 403)
    }
    environ.SCRIPT_NAME += found.scriptPath
    environ.PATH_INFO = found.pathInfo
    const script = { file: found.file, directory: dirname(found.file) }
    return await runScript(script, settings, environ, startResponse)
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
