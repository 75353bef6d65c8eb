// Where the files of this package are that are not code of ours in JavaScript: the worker, units of systemd, package.json.

import { fileURLToPath } from 'node:url'

// As far below the package in src/ as in the built chunks of dist/, which is why only this file asks where it is (scripts/build.mjs).
const PACKAGE = new URL('../../', import.meta.url)

/** The absolute path of a file or directory, named from the package's own directory with `/`; of that itself for ''. */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(path, PACKAGE))
}
