// The version of this package, from the package.json that it was installed with.
import { readFileSync } from 'node:fs'
import { packageFile } from '../io/package-files.ts'

export function packageVersion(): string {
  const text = readFileSync(packageFile('package.json'), 'utf8')
  const { version } = JSON.parse(text) as { readonly version: string }
  return version
}
