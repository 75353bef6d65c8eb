// Finds and opens files below a directory. Every call goes through Node's threads: a look at a file that the system has in mind costs 20 µs
// of them in place of 5, but one that a slow disk or a network has to bring would hold up every client.

import { close, constants, fstat, open, realpath, stat, type BigIntStats } from 'node:fs'
import { sep } from 'node:path'
import { promisify } from 'node:util'

const closeFile = promisify(close)
const openFile = promisify(open)
const realPathOf = promisify(realpath.native)
const factsOf = (path: string): Promise<BigIntStats> => promisify(stat)(path, { bigint: true })
const factsOfOpen = (descriptor: number): Promise<BigIntStats> =>
  promisify(fstat)(descriptor, { bigint: true })

// Without NONBLOCK a named pipe would be waited for until somebody writes into it. The path has no links any more: one that stands there now has
// come since it was looked at.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY
// Nothing of the name, or nothing that has content: a socket cannot even be opened.
const NO_FILE = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'ENXIO', 'EISDIR'])

/** What tells one content from another without reading it. */
export interface FileFacts {
  readonly size: number
  readonly modifiedMs: number
  readonly modifiedNs: bigint
  readonly changedNs: bigint
  readonly inode: bigint
  readonly device: bigint
}

/** An open file. Whoever has it closes it. */
export interface OpenFile {
  readonly descriptor: number
  /** Without links. */
  readonly path: string
  readonly facts: FileFacts
}

export const isSameContent = (one: FileFacts, other: FileFacts): boolean =>
  one.size === other.size &&
  one.modifiedNs === other.modifiedNs &&
  one.changedNs === other.changedNs &&
  one.inode === other.inode &&
  one.device === other.device

/**
 * Opens the file of a name below `root`, which may be a link and may be a file itself, if the name is empty. Undefined where there is none: no
 * file, a directory, a pipe, or a link that leads out of `root`. Rejects where there is one that cannot be opened.
 */
export async function openBelow(root: string, name: string): Promise<OpenFile | undefined> {
  try {
    const [realRoot, path] = await Promise.all([realPathOf(root), realPathOf(root + name)])
    return isWithin(path, realRoot) ? await openRealPath(path) : undefined
  } catch (error) {
    if (saysNoFile(error)) return undefined
    throw error
  }
}

/** The same of a path that `openBelow` has given a short while ago. */
export async function openAgain(path: string): Promise<OpenFile | undefined> {
  try {
    return await openRealPath(path)
  } catch (error) {
    if (saysNoFile(error)) return undefined
    throw error
  }
}

/** What is known of a path, links followed; undefined where there is nothing, or nothing that can be seen. */
export async function lookAt(path: string): Promise<FileFacts | undefined> {
  try {
    return factsFrom(await factsOf(path))
  } catch {
    return undefined
  }
}

export function closeDescriptor(descriptor: number): void {
  close(descriptor, () => undefined)
}

async function openRealPath(path: string): Promise<OpenFile | undefined> {
  const descriptor = await openFile(path, FLAGS)
  try {
    const stats = await factsOfOpen(descriptor)
    if (stats.isFile()) return { descriptor, path, facts: factsFrom(stats) }
  } catch (error) {
    await closeFile(descriptor)
    throw error
  }
  await closeFile(descriptor)
  return undefined
}

const isWithin = (path: string, root: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)

function factsFrom(stats: BigIntStats): FileFacts {
  return {
    size: Number(stats.size),
    modifiedMs: Number(stats.mtimeMs),
    modifiedNs: stats.mtimeNs,
    changedNs: stats.ctimeNs,
    inode: stats.ino,
    device: stats.dev,
  }
}

const saysNoFile = (error: unknown): boolean => NO_FILE.has((error as NodeJS.ErrnoException).code ?? '')
