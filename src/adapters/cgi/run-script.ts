// One request to one CGI script.

import { bytesOf } from '../../wsgi/byte-string.ts'
import type { ApplicationResult, StartResponse } from '../../wsgi/application.ts'
import type { Environ } from '../../wsgi/environ.ts'
import { type CgiSettings, ownVariables } from './cgi-settings.ts'
import type { MetaVariables } from './meta-variables.ts'
import { scriptAnswer } from './script-answer.ts'
import { ScriptProcess } from './script-process.ts'

export interface ScriptFile {
  readonly file: string
  /** RFC 3875 §7.2: the script's working directory. */
  readonly directory: string
}

/** Answers with what the script says. */
export function runScript(
  { file, directory }: ScriptFile,
  settings: CgiSettings,
  environ: Environ,
  startResponse: StartResponse,
): Promise<ApplicationResult> {
  const own = { ...ownVariables(settings), SCRIPT_FILENAME: bytesOf(file) }
  const added = { ...own, ...documentVariables(settings, environ) }
  return scriptAnswer(settings, environ, startResponse, added, (request, variables) => {
    const command = { path: file, args: settings.args, directory, variables }
    return new ScriptProcess(command, request['wsgi.errors'])
  })
}

/** RFC 3875 §4.1.6. */
function documentVariables({ documentRoot }: CgiSettings, { PATH_INFO: path }: Environ): MetaVariables {
  if (documentRoot === undefined) return {}
  const root = bytesOf(documentRoot)
  return { DOCUMENT_ROOT: root, ...(path === '' ? {} : { PATH_TRANSLATED: root + path }) }
}
