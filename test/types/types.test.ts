// The files beside this one, and the examples: what they show to compile does, and what they say must not does not.

import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { REPOSITORY } from '../harness/gantry-process.ts'
import { typeProblems } from '../harness/type-problems.ts'

const COMPILE_MS = 120_000

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(REPOSITORY + folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules'))
    .map((file) => `${REPOSITORY}${folder}/${file}`)
}

test(
  'what is shown compiles, and what is said not to does not',
  () => {
    expect(typeProblems(['test/types', 'examples'].flatMap(sourcesBelow))).toEqual([])
  },
  COMPILE_MS,
)
