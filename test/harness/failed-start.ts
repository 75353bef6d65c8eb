// A gantry that must not start: what a newcomer sees of it, checked for what holds for every such error.

import { expect } from 'vitest'
import { type GantryExit, type GantryOptions, runGantry } from './gantry-process.ts'
import { FIXTURE_ENVIRONMENT } from './fixtures.ts'
import { isGroupAlive } from './processes.ts'
import { until } from './until.ts'

const LEFT_DEADLINE_MS = 5_000

export interface FailedStart {
  /** The lines that name a problem, without `gantry: `. */
  readonly problems: readonly string[]
  /** Everything on stderr. */
  readonly text: string
  readonly exit: GantryExit
}

/** Runs gantry to its end: it must say what is wrong, one line a problem with a hint under it, try once, and leave nothing running. */
export async function failToStart(
  args: readonly string[],
  options: GantryOptions = {},
): Promise<FailedStart> {
  const env = { ...FIXTURE_ENVIRONMENT, ...options.env }
  await using gantry = await runGantry(args, { ...options, env, hasOwnGroup: true })
  const { stderr: text, stdout, exit } = gantry
  const lines = text.split('\n')
  const problems = lines
    .filter((line) => line.startsWith('gantry: '))
    .map((line) => line.slice('gantry: '.length))
  expect(problems.length, text).toBeGreaterThan(0)
  const hints = lines.filter((line) => /^ {2}\S.* \(GANTRY_[A-Z_]+\)$/.test(line))
  expect(hints.length, text).toBe(problems.length)
  // Neither a stack of our own nor a second try.
  expect(text).not.toMatch(/^ +at .*\.js:|next try|is replaced|^ready$/m)
  expect(stdout).toBe('')
  // A launcher of an interpreter, such as pyenv's, may have had a shell of its own that ends a moment later.
  await until(
    () => !isGroupAlive(gantry.pid),
    LEFT_DEADLINE_MS,
    () => 'something is left running',
  )
  return { problems, text, exit }
}
