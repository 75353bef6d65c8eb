// Which file a FastCGI server such as php-fpm is to run for a path, and what it must be told so that it runs that file and no other.
//
// PHP looks itself for a file along the path that it is given: told of /upload/picture.jpg/x.php, it runs picture.jpg. So the file
// is looked for here, and only one that is there, below the root and named as a script is ever passed on.

import { realpath } from 'node:fs/promises'
import { bytesOf } from '../../wsgi/byte-string.ts'
import type { Environ } from '../../wsgi/environ.ts'
import { type FoundFile, findScript } from '../cgi/found-script.ts'
import type { MetaVariables } from '../cgi/meta-variables.ts'

export interface PhpRoot {
  readonly root: string
  /** The file of a path that names a directory. */
  readonly index: string
  /** What the names of scripts end with. */
  readonly extension: string
  /** The script, with a slash before it, of all paths that name none. */
  readonly fallback: string | undefined
}

/** A script; `directory`: a directory with an index, which the path names without a slash at its end. */
export type PhpScript =
  | { readonly type: 'script'; readonly variables: MetaVariables }
  | { readonly type: 'directory' }
  | undefined

/** Looks for the script of a request. */
export async function findPhpScript(php: PhpRoot, environ: Environ): Promise<PhpScript> {
  const root = await realpath(php.root).catch(() => undefined)
  if (root === undefined) return undefined
  const { PATH_INFO: path } = environ
  const found = await findScript(root, path)
  if (found?.type === 'file' && isScript(found, php)) return script(root, found, environ)
  if (found?.type === 'directory') {
    const indexPath = `${path.endsWith('/') ? path : `${path}/`}${php.index}`
    const index = await findScript(root, indexPath)
    if (index?.type === 'file' && isScript(index, php))
      return path.endsWith('/') ? script(root, index, environ) : { type: 'directory' }
  }
  if (php.fallback === undefined) return undefined
  const fallback = await findScript(root, php.fallback)
  return fallback?.type === 'file' ? script(root, { ...fallback, pathInfo: '' }, environ) : undefined
}

/** By the name in the path and by that of the file, which may be a link's. */
const isScript = ({ file, scriptPath }: FoundFile, { extension }: PhpRoot): boolean =>
  file.endsWith(extension) && scriptPath.endsWith(extension)

function script(
  root: string,
  { file, scriptPath, pathInfo }: FoundFile,
  { SCRIPT_NAME: mount }: Environ,
): PhpScript {
  const scriptName = mount + scriptPath
  const variables = {
    DOCUMENT_ROOT: bytesOf(root),
    DOCUMENT_URI: scriptName + pathInfo,
    PATH_INFO: pathInfo,
    SCRIPT_FILENAME: bytesOf(file),
    SCRIPT_NAME: scriptName,
  }
  return { type: 'script', variables }
}
