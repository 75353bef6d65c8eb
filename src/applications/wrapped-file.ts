// A file that an application of this process has wrapped, opened once more: the gateway sends it from its own descriptor, as it does with a
// file of a worker, and never holds it up in memory or in the spool.

import { close, fstat, open, readFileSync } from 'node:fs'
import { open as openHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { OpenFile } from '../wsgi/application-run.ts'
import { type FileHandleLike, FileWrapper, fileHandleOf } from '../wsgi/file-wrapper.ts'

const statOf = promisify(fstat)
const openFile = promisify(open)

// What is shorter is read sooner than it is opened once more.
const LEAST_BYTES = 131_072

/** The rest of the file, from where it stands; undefined where the application's own object is to be read. `contentLength`: -1 if nobody knows. */
export function openWrapped(
  wrapper: FileWrapper,
  contentLength: number,
): Promise<OpenFile | undefined> | undefined {
  const handle = fileHandleOf(wrapper)
  const isShort = contentLength !== -1 && contentLength < LEAST_BYTES
  // Only Linux tells where a file stands. Who has changed how the wrapper reads wants it to be read so.
  if (process.platform !== 'linux' || wrapper.constructor !== FileWrapper) return undefined
  return handle === undefined || isShort ? undefined : openAgain(handle)
}

async function openAgain(handle: FileHandleLike): Promise<OpenFile | undefined> {
  const { fd } = handle
  try {
    if (!(await isNodesOwn(handle))) return undefined
    const status = await statOf(fd)
    const offset = positionOf(fd)
    const size = status.size - offset
    if (!status.isFile() || size < LEAST_BYTES) return undefined
    const descriptor = await openFile(`/proc/self/fd/${fd}`, 'r')
    const closeIt = (): void => close(descriptor, () => undefined)
    if (handle.fd === fd) return { descriptor, offset, size, close: closeIt }
    // It was closed meanwhile, and its number may have come to mean another file.
    closeIt()
  } catch {
    // One that may not be opened again, because others have no right to, can still be read.
  }
  return undefined
}

/** Only what is known to read the file's own bytes: others may have a descriptor too, and read otherwise. */
async function isNodesOwn(handle: object): Promise<boolean> {
  handleClass ??= openHandle('/dev/null').then(async (any) => {
    await any.close()
    return any.constructor
  })
  return handle.constructor === (await handleClass) && !Object.hasOwn(handle, 'read')
}

/** Node does not name the class of its open files. */
let handleClass: Promise<unknown> | undefined

function positionOf(fd: number): number {
  // The kernel makes these few lines up: no disk is asked.
  const position = /^pos:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))
  return Number(position![1])
}
