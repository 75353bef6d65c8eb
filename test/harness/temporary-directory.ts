// A directory that is removed together with what needed it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export class TemporaryDirectory implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'gantry-test-'))

  join(name: string): string {
    return join(this.path, name)
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}
