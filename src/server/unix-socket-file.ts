// The file of a Unix socket: what may stand in its place, and whether anybody listens behind it.

import { lstatSync, unlinkSync } from 'node:fs'
import { connect } from 'node:net'

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
