// The programs of docs/guide/python-inside-node.md compile. What they do is tested in test/adapters and test/examples: they listen, and
// do not end.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { REPOSITORY } from '../harness/gantry-process.ts'
import { typeProblems } from '../harness/type-problems.ts'

const PAGE = 'docs/guide/python-inside-node.md'
const COMPILE_MS = 120_000

describe(PAGE, () => {
  const text = readFileSync(REPOSITORY + PAGE, 'utf8')
  const blocks = [...text.matchAll(/^```ts\n\/\/ (\S+\.ts)\n([^]*?)^```$/gm)]
  let directory: string

  beforeAll(() => {
    // Below the package, where its own name leads to it.
    mkdirSync(`${REPOSITORY}.cache`, { recursive: true })
    directory = mkdtempSync(`${REPOSITORY}.cache/guide-`)
    for (const [, name = '', code = ''] of blocks) writeFileSync(join(directory, name), code)
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  test('names each of its programs', () => {
    expect(blocks.length).toBe(text.match(/^```ts$/gm)?.length)
    expect(blocks.length).toBeGreaterThan(4)
  })

  test(
    'shows what compiles',
    () => expect(typeProblems(blocks.map(([, name = '']) => join(directory, name)))).toEqual([]),
    COMPILE_MS,
  )
})
