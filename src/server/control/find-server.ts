// Which server a command speaks to: the one that it is told, or the only one of this user.

import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from '../../config/resolve.ts'
import { GantryError } from '../../errors.ts'
import type { ServerStatus } from '../controlled.ts'
import { isListenedOn } from '../unix-socket-file.ts'
import { type ControlClient, openControlClient } from './client.ts'
import { commandPlaces, currentUser, isPrivateOf } from './places.ts'

/** What a command was told of the server that is meant. */
export interface Target {
  readonly controlSocket?: string | undefined
  readonly pid?: number | undefined
  readonly pidFile?: string | undefined
}

/** Where the sockets of a user's servers may be. */
type PlacesOf = (uid: number, env: Environment) => readonly string[]

/** Rejects with a GantryError when there is none, or more than one. */
export async function findServer(
  target: Target,
  env: Environment,
  placesOf: PlacesOf = commandPlaces,
): Promise<ControlClient> {
  const { controlSocket, pidFile } = target
  if (controlSocket !== undefined) return await openControlClient(controlSocket)
  const pid = target.pid ?? (pidFile === undefined ? undefined : pidIn(pidFile))
  const users = new Set([currentUser(), ...(pid === undefined ? [] : ownerOf(pid))])
  const found = [...users].map((uid) => ({ uid, places: placesOf(uid, env) }))
  const paths = await Promise.all(found.map(({ uid, places }) => serversIn(places, uid, pid)))
  return await onlyServer(paths.flat(), { pid, looked: found.flatMap(({ places }) => places) })
}

function pidIn(file: string): number {
  const text = contentOf(file).trim()
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw notByPidFile(file, 'it holds no process id')
}

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw notByPidFile(file, 'it cannot be read, so no server has written its process id there', error)
  }
}

function notByPidFile(path: string, reason: string, cause?: unknown): GantryError {
  const hint =
    'It has to be the file that the server was started with (--pid-file), which holds its id while it runs.'
  return new GantryError('GANTRY_SERVER_UNREACHABLE', { path, reason, hint }, { cause })
}

interface Search {
  readonly pid: number | undefined
  readonly looked: readonly string[]
}

async function onlyServer(paths: readonly string[], search: Search): Promise<ControlClient> {
  const [only, ...others] = paths
  if (only === undefined) throw new GantryError('GANTRY_NO_SERVER', search)
  if (others.length === 0) return await openControlClient(only)
  throw new GantryError('GANTRY_SEVERAL_SERVERS', { servers: await Promise.all(paths.map(describeServer)) })
}

/** The sockets behind which there is a server, in those of the places that nobody else can write to. */
async function serversIn(places: readonly string[], uid: number, pid?: number): Promise<readonly string[]> {
  const directories = places.filter((directory) => isPrivateOf(directory, uid))
  const paths = directories.flatMap((directory) =>
    socketsIn(directory, pid).map((name) => join(directory, name)),
  )
  const areListening = await Promise.all(paths.map(hasServer))
  return paths.filter((_, index) => areListening[index])
}

async function hasServer(path: string): Promise<boolean> {
  return isSocket(path) && (await isListenedOn(path))
}

function socketsIn(directory: string, pid?: number): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => /^\d+\.sock$/.test(name))
    return pid === undefined ? names : names.filter((name) => name === `${pid}.sock`)
  } catch {
    return []
  }
}

const isSocket = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false

/** Root may speak to the server of any user, and to its own that has gone on as another (--user). */
function ownerOf(pid: number): readonly number[] {
  const stats = statSync(`/proc/${pid}`, { throwIfNoEntry: false })
  return stats === undefined ? [] : [stats.uid]
}

async function describeServer(path: string): Promise<string> {
  try {
    const client = await openControlClient(path)
    const status = await client.ask({ command: 'status' })
    client.close()
    return serverLine(status)
  } catch (error) {
    return `  ${path}: ${error instanceof Error ? error.message : String(error)}`
  }
}

const serverLine = ({ pid, application, addresses }: ServerStatus): string =>
  `  pid ${pid}  ${application}  ${addresses.join(' ')}`
