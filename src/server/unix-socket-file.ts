// The file of a Unix socket: what may stand in its place, and whether anybody listens behind it.

import { lstatSync, statSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'
import { dirname } from 'node:path'

/** Before a socket is made: throws where none can be, for which the system has misleading words, and removes a stale one. */
export async function makeRoomForSocket(path: string): Promise<void> {
  const directory = dirname(path)
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new Error(`there is no directory ${directory}`)
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === false)
    throw new Error('there is something of that name already, and it is no socket')
  await removeStaleSocket(path)
}

/** A socket file that nobody listens on is what a killed server left behind. */
export async function removeStaleSocket(path: string): Promise<void> {
  try {
    if (!lstatSync(path).isSocket()) return
  } catch {
    return
  }
  if (!(await isListenedOn(path))) unlinkSync(path)
}

export function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'))
  })
}
