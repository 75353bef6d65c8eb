// A spooled body as this process reads it; workers do the same in python/gantry_worker/exchange.py.

import { type FileHandle, open } from 'node:fs/promises'

/**
 * Opens a body by its place (protocol/link.md, `spooled`). A descriptor may be another file's by now, when the client has left: its
 * mark then tells. Rejects with what the file system says, or because the body is gone.
 */
export async function openBody(place: string): Promise<FileHandle> {
  const [path = '', mark] = place.split('\0')
  const file = await open(path, 'r')
  if (mark === undefined || (await isMarked(file, Number(mark)))) return file
  await file.close()
  throw new Error('the request body is gone: its client has left')
}

async function isMarked(file: FileHandle, mark: number): Promise<boolean> {
  const { nlink, mtimeMs } = await file.stat()
  return nlink === 0 && mtimeMs === mark * 1000
}
