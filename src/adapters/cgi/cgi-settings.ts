// What CGI scripts are allowed, and told, besides what counts for FastCGI as well.

import { resolve } from 'node:path'
import { bytesOf } from '../../wsgi/byte-string.ts'
import type { MetaVariables } from './meta-variables.ts'
import { Places } from './places.ts'
import type { Scripts } from './script-answer.ts'
import { type ScriptOptions, scriptSettings } from './script-options.ts'

/** How CGI scripts are run. */
export interface CgiOptions extends ScriptOptions {
  /** Arguments of the script. Words of a query never become arguments (RFC 3875 §4.4 leaves that to servers). */
  readonly args?: readonly string[]
  /** Variables of this process that scripts have as well, where they are set. `PATH` always is one; nothing else of the environment reaches them. */
  readonly environment?: readonly string[]
  /** Becomes DOCUMENT_ROOT, and PATH_TRANSLATED with what PATH_INFO has. */
  readonly documentRoot?: string
  /** Whether scripts see the client's credentials (HTTP_AUTHORIZATION). Not if left out, as RFC 3875 §4.1.18 wants it. */
  readonly authorization?: boolean
}

/** The same with every default in its place. */
export interface CgiSettings extends Scripts {
  readonly args: readonly string[]
  readonly environment: readonly string[]
  readonly documentRoot: string | undefined
}

/** @throws RangeError for what is out of its range */
export function cgiSettings(taker: string, name: string, options: CgiOptions): CgiSettings {
  const { args = [], environment = [], documentRoot, authorization = false } = options
  const settings = scriptSettings(taker, options)
  return {
    settings,
    places: new Places(name, settings),
    passesAuthorization: authorization,
    args,
    environment: ['PATH', ...environment],
    documentRoot: documentRoot === undefined ? undefined : resolve(documentRoot),
  }
}

/** Of this process, as they are now. */
export function ownVariables({ environment }: CgiSettings): MetaVariables {
  const variables: MetaVariables = {}
  for (const name of environment) {
    const value = process.env[name]
    if (value !== undefined) variables[name] = bytesOf(value)
  }
  return variables
}
