// The generated pages of docs/reference/ as files: written, or compared with what would be written now.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const DIRECTORY = new URL('../docs/reference/', import.meta.url)

/** File name in docs/reference/ → its text. */
export type Pages = ReadonlyMap<string, string>

/** The names of the pages whose files say something else. */
export const stalePagesOf = (pages: Pages): readonly string[] =>
  [...pages].filter(([name, text]) => readPage(name) !== text).map(([name]) => name)

/** What a script that makes pages does: writes them; with --check writes nothing, and the exit status is 1 if one is stale. */
export function writeOrCheck(pages: Pages, isCheck = process.argv.includes('--check')): void {
  if (isCheck) checkPages(pages)
  else writePages(pages)
}

function writePages(pages: Pages): void {
  mkdirSync(DIRECTORY, { recursive: true })
  for (const [name, text] of pages) writeFileSync(new URL(name, DIRECTORY), text)
}

function checkPages(pages: Pages): void {
  const stale = stalePagesOf(pages)
  if (stale.length === 0) return
  process.stderr.write(`stale: docs/reference/${stale.join(', docs/reference/')}; run npm run reference\n`)
  process.exitCode = 1
}

function readPage(name: string): string | undefined {
  try {
    return readFileSync(new URL(name, DIRECTORY), 'utf8')
  } catch {
    return undefined
  }
}
