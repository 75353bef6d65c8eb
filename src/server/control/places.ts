// Where control sockets are when nobody says otherwise: `<pid>.sock` in a directory of the user's own. Servers look for the first place that
// they can use; commands look in all of them, as the server may have been started with other variables, or by a service manager.

import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Environment } from '../../config/resolve.ts'

const PRIVATE = 0o700
const OTHERS = 0o077

/** The user that this process acts as. */
export const currentUser = (): number => process.geteuid?.() ?? 0

/** The best one first. */
export function serverPlaces(uid: number, env: Environment): readonly string[] {
  const runtime = env['XDG_RUNTIME_DIR'] ?? ''
  return [
    ...(isAbsolute(runtime) && isPrivateOf(runtime, uid) ? [join(runtime, 'gantry')] : []),
    `/run/gantry-${uid}`,
    join(tmpdir(), `gantry-${uid}`),
  ]
}

/** Every place where a server of the user may have put its socket. */
export function commandPlaces(uid: number, env: Environment): readonly string[] {
  return [...new Set([...serverPlaces(uid, env), `/run/user/${uid}/gantry`, `/tmp/gantry-${uid}`])]
}

/** Makes the directory if it is missing. Throws an Error where nobody but the user may have it, and that cannot be had. */
export function makePrivate(directory: string, uid: number): void {
  try {
    mkdirSync(directory, { mode: PRIVATE })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  if (!isPrivateOf(directory, uid)) throw new Error(`${directory} is not a directory of this user's alone`)
}

// Somebody else's directory, or a link to one, would let them put a socket of theirs in the place of ours.
export function isPrivateOf(directory: string, uid: number): boolean {
  try {
    const stats = lstatSync(directory)
    return stats.isDirectory() && stats.uid === uid && (stats.mode & OTHERS) === 0
  } catch {
    return false
  }
}
