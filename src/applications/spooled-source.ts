// A request body in a spool file, read block by block. The file is there until its request is over.

import type { FileHandle } from 'node:fs/promises'
import { openBody } from '../spool/open-body.ts'
import type { SpooledBody } from '../wsgi/exchange.ts'
import type { ByteSource } from '../wsgi/input-stream.ts'
import { RequestCancelled } from '../wsgi/request-context.ts'

export class SpooledSource implements ByteSource {
  readonly #body: SpooledBody
  #opening: Promise<FileHandle> | undefined
  #at = 0
  #isClosed = false

  constructor(body: SpooledBody) {
    this.#body = body
  }

  async pull(maxBytes: number): Promise<Uint8Array> {
    if (this.#isClosed) throw new RequestCancelled('the request is over, and its body gone')
    const file = await (this.#opening ??= openBody(this.#body.path))
    const block = Buffer.allocUnsafe(Math.min(maxBytes, this.#body.size - this.#at))
    const { bytesRead } = await file.read(block, 0, block.length, this.#at)
    if (bytesRead === 0 && block.length > 0)
      throw new Error('the file of the request body ends before the body does')
    this.#at += bytesRead
    return block.subarray(0, bytesRead)
  }

  close(): void {
    this.#isClosed = true
    // A read under way is waited for by the file itself.
    this.#opening?.then((file) => file.close()).catch(() => undefined)
  }
}
