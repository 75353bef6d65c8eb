// Where the files of a spool come from. Best without a name: then nothing of them is left when their processes end, whatever ends
// them. Where that cannot be had, they have names in a private directory.

import {
  close,
  closeSync,
  constants,
  fstatSync,
  futimes,
  futimesSync,
  mkdtempSync,
  open,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  unlink,
  unlinkSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'

export interface OpenFile {
  readonly descriptor: number
  /** Where another process can open it. */
  readonly path: string
}

export type OpenCallback = (error: Error | null, file?: OpenFile) => void

export interface SpoolStorage {
  /** The directory that is the storage's own, if it needs one. */
  readonly directory: string | undefined
  /** Opens a new file to write and read. Answers later, never before it returns. */
  open(then: OpenCallback): void
  /** Nothing more is written: says what a worker is told to open the file (protocol/link.md, `spooled`). */
  publish(file: OpenFile, then: (error: Error | null, place: string) => void): void
  /** Closes the file and removes it. */
  remove(file: OpenFile, then: () => void): void
  /** Removes everything. */
  removeAll(): void
}

/** The best storage that there is in `parent`. Throws what the file system says. */
export function storageIn(parent: string): SpoolStorage {
  return UnnamedFiles.tryIn(parent) ?? new NamedFiles(parent)
}

/** Files with names, in a directory that only this user can enter (mode 0700). */
export class NamedFiles implements SpoolStorage {
  readonly directory: string
  #count = 0

  constructor(parent: string) {
    this.directory = mkdtempSync(join(parent, 'gantry-spool-'))
  }

  open(then: OpenCallback): void {
    // Names are never used twice: a worker that comes late finds nothing, and not another's body.
    const path = join(this.directory, String(++this.#count))
    open(path, 'wx+', 0o600, (error, descriptor) => {
      if (error === null) then(null, { descriptor, path })
      else then(error)
    })
  }

  publish({ path }: OpenFile, then: (error: Error | null, place: string) => void): void {
    process.nextTick(then, null, path)
  }

  remove({ descriptor, path }: OpenFile, then: () => void): void {
    // A file that is gone is what is wanted; one that cannot be removed goes with the directory.
    unlink(path, () => close(descriptor, then))
  }

  removeAll(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

type OpenUnnamed = (directory: string, then: (error: Error | null, descriptor: number) => void) => void

// Node does not name it; the first number is the same on every Linux that Node runs on.
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY
// With O_EXCL the file can never be given a name.
const TMPFILE_FLAGS = O_TMPFILE | constants.O_RDWR | constants.O_EXCL

const openTmpfile: OpenUnnamed = (directory, then) => open(directory, TMPFILE_FLAGS, 0o600, then)

/** For file systems without O_TMPFILE. Both steps at once: a process killed between them would leave the name. */
const openAndUnlink: OpenUnnamed = (directory, then) => {
  try {
    process.nextTick(then, null, openAndUnlinkSync(directory))
  } catch (error) {
    process.nextTick(then, error, -1)
  }
}

function openAndUnlinkSync(directory: string): number {
  const path = join(directory, `gantry-${randomBytes(12).toString('hex')}`)
  const descriptor = openSync(path, 'wx+', 0o600)
  unlinkSync(path)
  return descriptor
}

/**
 * Files without names, which workers open through /proc/<pid>/fd. The number of a descriptor is soon used again, for another
 * client's body perhaps, while a worker may come late to a request whose client has left. So each published file has a mark, its
 * time of modification, which no other file of this process has: the worker compares it when it has opened the file.
 */
export class UnnamedFiles implements SpoolStorage {
  readonly directory = undefined
  readonly #parent: string
  readonly #open: OpenUnnamed
  // Of all storages of the process together, as its descriptors are.
  static #lastMark = 0

  private constructor(parent: string, open: OpenUnnamed) {
    this.#parent = parent
    this.#open = open
  }

  /** Undefined where such files cannot be made, or not be opened by workers. */
  static tryIn(parent: string): UnnamedFiles | undefined {
    if (process.platform !== 'linux') return undefined
    if (isUsable(() => openSync(parent, TMPFILE_FLAGS, 0o600))) return new UnnamedFiles(parent, openTmpfile)
    if (isUsable(() => openAndUnlinkSync(parent))) return new UnnamedFiles(parent, openAndUnlink)
    return undefined
  }

  open(then: OpenCallback): void {
    this.#open(this.#parent, (error, descriptor) => {
      if (error === null) then(null, { descriptor, path: pathOf(descriptor) })
      else then(error)
    })
  }

  publish({ descriptor, path }: OpenFile, then: (error: Error | null, place: string) => void): void {
    const mark = ++UnnamedFiles.#lastMark
    futimes(descriptor, mark, mark, (error) => then(error, `${path}\0${mark}`))
  }

  remove({ descriptor }: OpenFile, then: () => void): void {
    close(descriptor, then)
  }

  removeAll(): void {
    // Nothing has a name.
  }
}

const pathOf = (descriptor: number): string => `/proc/${process.pid}/fd/${descriptor}`

/** Tries all that workers and front will do with such a file. */
function isUsable(openUnnamed: () => number): boolean {
  const opened: number[] = []
  try {
    opened.push(openUnnamed())
    futimesSync(opened[0]!, 1, 1)
    opened.push(openSync(pathOf(opened[0]!), 'r'))
    const { nlink, mtimeMs } = fstatSync(opened[1]!)
    // Network file systems rename instead of unlinking: a link is left.
    return nlink === 0 && mtimeMs === 1000 && isOpenToWorkers()
  } catch {
    return false
  } finally {
    for (const descriptor of opened) closeSync(descriptor)
  }
}

/**
 * The system lets a process look into this one if it is of the same user and no less privileged. Node may have been given capabilities
 * of its own (`setcap`, to listen on port 80, say), which the workers do not inherit.
 */
function isOpenToWorkers(): boolean {
  const own = `/proc/${process.pid}`
  const user = process.geteuid?.()
  if (statSync(`${own}/fd`).uid !== user) return false
  const status = readFileSync(`${own}/status`, 'latin1')
  return user === 0 || capabilities(status, 'CapPrm') === capabilities(status, 'CapAmb')
}

/** Permitted ones (CapPrm) are the process's own, ambient ones (CapAmb) pass on to what it starts. */
const capabilities = (status: string, set: 'CapPrm' | 'CapAmb'): string | undefined =>
  new RegExp(`^${set}:\\s*(\\w+)$`, 'm').exec(status)?.[1]
