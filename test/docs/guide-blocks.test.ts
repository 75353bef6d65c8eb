// Every block of TypeScript in the guide is a program: it compiles, and runs to its end.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REPOSITORY } from '../harness/gantry-process.ts'
import { typeProblems } from '../harness/type-problems.ts'

const PAGES = [
  'docs/guide/wsgi-in-typescript.md',
  'docs/guide/cgi-scripts-and-php.md',
  'docs/reference/middleware.md',
]
const COMPILE_MS = 120_000

interface Block {
  /** As its first line says. */
  readonly name: string
  readonly code: string
}

function blocksOf(page: string): readonly Block[] {
  const text = readFileSync(REPOSITORY + page, 'utf8')
  return [...text.matchAll(/^```ts\n(\/\/ (\S+\.ts)\n)?([^]*?)^```$/gm)].map(
    ([, , name = 'a-block-without-a-name.ts', code = '']) => ({ name, code }),
  )
}

let directory: string
beforeAll(() => {
  // Below the package, where its own name leads to it.
  mkdirSync(`${REPOSITORY}.cache`, { recursive: true })
  directory = mkdtempSync(`${REPOSITORY}.cache/guide-`)
  for (const page of PAGES) {
    mkdirSync(directoryOf(page))
    for (const block of blocksOf(page)) writeFileSync(fileOf(page, block), block.code)
  }
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const directoryOf = (page: string): string => join(directory, basename(page, '.md'))
const fileOf = (page: string, { name }: Block): string => join(directoryOf(page), name)

// Together, as most of the time goes into what they import.
test(
  'the guide shows what compiles',
  () =>
    expect(typeProblems(PAGES.flatMap((page) => blocksOf(page).map((block) => fileOf(page, block))))).toEqual(
      [],
    ),
  COMPILE_MS,
)

describe.each(PAGES)('%s', (page) => {
  const blocks = blocksOf(page)

  test('names each block once', () => {
    const names = blocks.map(({ name }) => name)
    expect(names).not.toEqual([])
    expect(names).toEqual([...new Set(names)])
    expect(names).not.toContain('a-block-without-a-name.ts')
  })

  test.each(blocks)('runs $name', async (block) => {
    await import(pathToFileURL(fileOf(page, block)).href)
  })
})
