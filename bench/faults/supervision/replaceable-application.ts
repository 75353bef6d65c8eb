// An application whose code changes while it is served: its next version, or one that cannot be imported.
import { writeFileSync } from 'node:fs'

import { TemporaryDirectory } from '../../../test/harness/temporary-directory.ts'

export interface Defect {
  readonly code: string
  /** What the one who reloads has to be told. */
  readonly reason: RegExp
}

export const DEFECTS: readonly Defect[] = [
  { code: 'def application(environ, start_response:\n', reason: /SyntaxError/ },
  { code: 'raise RuntimeError("the settings are gone")\n', reason: /RuntimeError: the settings are gone/ },
  { code: 'import no_module_of_this_name\n', reason: /No module named 'no_module_of_this_name'/ },
]

export class ReplaceableApplication implements Disposable {
  /** As it is named on the command line. */
  readonly name = 'replaceable:application'
  readonly #directory = new TemporaryDirectory()

  constructor() {
    this.write('1')
  }

  /** Options for gantry. */
  get options(): readonly string[] {
    return ['--chdir', this.#directory.path]
  }

  /** `/version` is answered with it. */
  write(version: string): void {
    this.#replace(`
from application import application as others

VERSION = b"${version}"


def application(environ, start_response):
    if environ["PATH_INFO"] != "/version":
        return others(environ, start_response)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(VERSION)))])
    return [VERSION]
`)
  }

  break(defect: Defect): void {
    this.#replace(defect.code)
  }

  [Symbol.dispose](): void {
    this.#directory[Symbol.dispose]()
  }

  #replace(code: string): void {
    writeFileSync(this.#directory.join('replaceable.py'), code)
  }
}
