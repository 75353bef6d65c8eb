// The Unix socket through which the commands speak to a running server. Only its owner can connect: whoever can may stop the server.

import { readdirSync } from 'node:fs'
import { type Server, type Socket, createServer } from 'node:net'
import { join } from 'node:path'
import { LONGEST_UNIX_PATH_BYTES } from '../../config/bind-address.ts'
import type { Settings } from '../../config/resolve.ts'
import { GantryError } from '../../errors.ts'
import type { Controlled } from '../controlled.ts'
import { isProcess } from '../processes.ts'
import { makeRoomForSocket, removeStaleSocket } from '../unix-socket-file.ts'
import { converse } from './conversation.ts'
import { currentUser, makePrivate, serverPlaces } from './places.ts'

export interface ControlSocket {
  /** Undefined where there is none. */
  readonly path: string | undefined
  /** Why there is none although nobody said so: the server can do without, its commands cannot. */
  readonly problem: GantryError | undefined
  /** Removes it, and ends the conversations. */
  close(): void
}

type ControlSettings = Pick<Settings, 'controlSocket' | 'origins'>

// Nobody has more of them open; what a loop of mistakes opens is turned away.
const MAX_CONNECTIONS = 64
const OWNER_ONLY = 0o177

/** Rejects with a GantryError when the socket that the settings name cannot be opened. */
export async function openControlSocket(
  { controlSocket, origins }: ControlSettings,
  controlled: Controlled,
): Promise<ControlSocket> {
  if (controlSocket === 'none') return withoutSocket(undefined)
  if (controlSocket === undefined) return await openInPlace(controlled)
  try {
    return await open(controlSocket, controlled)
  } catch (error) {
    throw socketError(origins.controlSocket, controlSocket, error)
  }
}

async function openInPlace(controlled: Controlled): Promise<ControlSocket> {
  const uid = currentUser()
  let problem: GantryError | undefined
  for (const directory of serverPlaces(uid, process.env)) {
    const path = join(directory, `${process.pid}.sock`)
    try {
      makePrivate(directory, uid)
      await removeSocketsOfTheDead(directory)
      return await open(path, controlled)
    } catch (error) {
      problem = socketError('default', path, error)
    }
  }
  return withoutSocket(problem)
}

async function open(path: string, controlled: Controlled): Promise<ControlSocket> {
  if (Buffer.byteLength(path) > LONGEST_UNIX_PATH_BYTES)
    throw new Error(
      `its path has ${Buffer.byteLength(path)} bytes, and a socket's may have ${LONGEST_UNIX_PATH_BYTES}`,
    )
  await makeRoomForSocket(path)
  const clients = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    clients.add(socket)
    socket.once('close', () => clients.delete(socket))
    converse(socket, controlled)
  })
  server.maxConnections = MAX_CONNECTIONS
  await listen(server, path)
  return {
    path,
    problem: undefined,
    close() {
      server.close()
      for (const client of clients) client.destroy()
    },
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', resolve)
    // Node makes the file before listen() returns: at no moment others can connect, nor does another file get this mode.
    const before = process.umask(OWNER_ONLY)
    try {
      server.listen(path)
    } finally {
      process.umask(before)
    }
  })
}

async function removeSocketsOfTheDead(directory: string): Promise<void> {
  for (const name of readdirSync(directory)) {
    const pid = /^(\d+)\.sock$/.exec(name)?.[1]
    // Containers may share the directory, but not their process ids: the socket itself has the last word.
    if (pid !== undefined && !isProcess(Number(pid))) await removeStaleSocket(join(directory, name))
  }
}

const withoutSocket = (problem: GantryError | undefined): ControlSocket => ({
  path: undefined,
  problem,
  close: () => undefined,
})

function socketError(origin: string, path: string, cause: unknown): GantryError {
  const { code, message } = cause as NodeJS.ErrnoException
  const reason = code === 'EADDRINUSE' ? 'another server uses it' : message
  return new GantryError('GANTRY_CONTROL_SOCKET_FAILED', { origin, path, reason }, { cause })
}
