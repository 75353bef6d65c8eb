// A directory of files for a gateway to send.

import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'

/** Long enough ago for nobody to doubt that a file has not changed since. */
export const LONG_AGO_S = 1_700_000_000

export class Site implements Disposable {
  readonly #directory = new TemporaryDirectory()

  get path(): string {
    return this.#directory.path
  }

  join(name: string): string {
    return this.#directory.join(name)
  }

  /** Writes a file, changed at `modifiedS` seconds since 1970. */
  write(name: string, content: string | Buffer, modifiedS = LONG_AGO_S): void {
    const path = this.join(name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    utimesSync(path, modifiedS, modifiedS)
  }

  link(name: string, target: string): void {
    const path = this.join(name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(target, path)
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]()
  }
}
