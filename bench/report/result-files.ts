// The files of results: one JSON for each suite, written anew after every server that has been measured.
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Suite } from '../suites/suite.ts'
import type { SuiteResults } from './results.ts'

/** `undefined`: this suite has not been measured. */
export async function readSuiteResults(folder: string, suite: string): Promise<SuiteResults | undefined> {
  const file = join(folder, `${suite}.json`)
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as SuiteResults) : undefined
}

/** Those that are there, in the order of the suites. */
export async function readAllResults(folder: string, suites: readonly Suite[]): Promise<SuiteResults[]> {
  const results = await Promise.all(suites.map(({ name }) => readSuiteResults(folder, name)))
  return results.flatMap((one) => one ?? [])
}

/** A run that is interrupted leaves the file as it was before or as it is now, never half of it. */
export async function writeSuiteResults(folder: string, results: SuiteResults): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${results.suite}.json`)
  await writeFile(`${file}.new`, renderResults(results))
  await rename(`${file}.new`, file)
}

/** One measurement a line, so that a change of the file can be read. */
export function renderResults({ measurements, ...rest }: SuiteResults): string {
  const head = JSON.stringify(rest, undefined, 2).replace(/\n\}$/, '')
  const lines = measurements.map((one) => `    ${JSON.stringify(one, roundNumber)}`)
  return `${head},\n  "measurements": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/** Five digits are more than any of these figures is worth. */
function roundNumber(_name: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value
}
