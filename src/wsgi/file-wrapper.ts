// `wsgi.file_wrapper` (PEP 3333, "Optional Platform-Specific File Handling").

import { ignoreErrors } from './stream-errors.ts'

const DEFAULT_BLOCK_BYTES = 65_536

/** An open file of `node:fs/promises`, as far as it is needed here. */
export interface FileHandleLike {
  readonly fd: number
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: null,
  ): Promise<{ readonly bytesRead: number }>
  close(): Promise<void>
}

/** Anything with a `read` that gives the next bytes, and nothing or no bytes at the end. */
export interface ReadableFile {
  read(size: number): Uint8Array | null | undefined | Promise<Uint8Array | null | undefined>
  close?(): unknown
}

/** What can be wrapped: an open file, anything with `read`, a stream. */
export type WrappableFile = FileHandleLike | ReadableFile | AsyncIterable<Uint8Array>

/** The blocks of a file from where it stands now. Its `close` closes the file. */
export class FileWrapper implements AsyncIterable<Uint8Array> {
  readonly file: WrappableFile
  readonly blockSize: number

  constructor(file: WrappableFile, blockSize: number = DEFAULT_BLOCK_BYTES) {
    this.file = file
    this.blockSize = blockSize
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const { file, blockSize } = this
    if (isFileHandle(file)) return blocks(() => readHandle(file, blockSize))
    // A Node stream has `read` too, but one that does not wait.
    if (Symbol.asyncIterator in file) return file[Symbol.asyncIterator]()
    return blocks(async () => await file.read(blockSize))
  }

  async close(): Promise<void> {
    const { file } = this
    ignoreErrors(file)
    if ('close' in file && typeof file.close === 'function') await file.close()
    else if (isDestroyable(file)) file.destroy()
  }
}

/** The open file that is wrapped, if it is one. */
export function fileHandleOf({ file }: FileWrapper): FileHandleLike | undefined {
  return isFileHandle(file) ? file : undefined
}

async function* blocks(
  next: () => Promise<Uint8Array | null | undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const block = await next()
    if (block === null || block === undefined || block.length === 0) return
    yield block
  }
}

async function readHandle(file: FileHandleLike, size: number): Promise<Uint8Array> {
  const block = Buffer.allocUnsafe(size)
  const { bytesRead } = await file.read(block, 0, size, null)
  return block.subarray(0, bytesRead)
}

function isFileHandle(file: WrappableFile): file is FileHandleLike {
  return 'fd' in file && typeof file.fd === 'number' && file.read.length !== 1 && !('pipe' in file)
}

function isDestroyable(file: object): file is { destroy(): void } {
  return 'destroy' in file && typeof file.destroy === 'function'
}
