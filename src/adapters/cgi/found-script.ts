// Which file below a directory a path of a request names, and what of the path is left for it. Nothing outside of the directory is ever
// found: not by dot segments, however they are encoded, and not through a link.

import { realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { utf8Of } from '../../wsgi/byte-string.ts'

/** A file, and the path as RFC 3875 §4.1 splits it. */
export interface FoundFile {
  readonly type: 'file'
  /** Without links. */
  readonly file: string
  /** Leads to the file; a character a byte. */
  readonly scriptPath: string
  /** The rest, which is empty or begins with a slash. */
  readonly pathInfo: string
}

export interface FoundDirectory {
  readonly type: 'directory'
}

export type Found = FoundFile | FoundDirectory | undefined

/**
 * Looks for `path`, an environ's, below `directory`, of which links are resolved already. The first file on the way is the one; whether
 * the whole path names a file does not matter, so that what follows a file can never be run in its place.
 */
export async function findScript(directory: string, path: string): Promise<Found> {
  const segments = path.split('/').slice(1)
  let at = directory
  for (const [index, segment] of segments.entries()) {
    // A slash at the end.
    if (segment === '' && index === segments.length - 1) break
    const name = fileName(segment)
    if (name === undefined) return undefined
    at = join(at, name)
    const kind = await kindOf(at)
    if (kind === undefined) return undefined
    if (kind === 'directory') continue
    const file = await realpath(at).catch(() => '')
    if (!file.startsWith(directory.endsWith(sep) ? directory : directory + sep)) return undefined
    const scriptPath = `/${segments.slice(0, index + 1).join('/')}`
    return { type: 'file', file, scriptPath, pathInfo: path.slice(scriptPath.length) }
  }
  return { type: 'directory' }
}

/** Undefined for what leads elsewhere, is hidden, or can be the name of no file. */
function fileName(segment: string): string | undefined {
  if (segment === '' || segment.startsWith('.') || /[\0\\]/.test(segment)) return undefined
  return utf8Of(segment)
}

async function kindOf(path: string): Promise<'file' | 'directory' | undefined> {
  try {
    const found = await stat(path)
    if (found.isDirectory()) return 'directory'
    return found.isFile() ? 'file' : undefined
  } catch {
    return undefined
  }
}
