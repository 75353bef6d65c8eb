// Every error as a user meets it, in golden files: whoever changes a message reads there what it has become. `-u` writes them anew.

import { describe, expect, test } from 'vitest'
import { type ErrorCode, ERRORS } from '../../src/errors.ts'
import { ScriptFiles } from '../adapters/cgi/script-files.ts'
import type { Provocation, Provocations } from './provocation.ts'
import { APPLICATIONS } from './provocations/applications.ts'
import { COMMANDS } from './provocations/commands.ts'
import { CONFIGURATION } from './provocations/configuration.ts'
import { PROCESSES } from './provocations/processes.ts'
import { REQUESTS } from './provocations/requests.ts'
import { STARTING } from './provocations/starting.ts'
import { shownOf, withoutChance } from './shown.ts'

const AREAS: Readonly<Record<string, Provocations>> = {
  configuration: CONFIGURATION,
  starting: STARTING,
  commands: COMMANDS,
  applications: APPLICATIONS,
  processes: PROCESSES,
  requests: REQUESTS,
}

describe.each(Object.entries(AREAS))('errors of %s', (area, provocations) => {
  test('read as they should', async () => {
    const texts: string[] = []
    for (const [code, ways] of Object.entries(provocations))
      for (const [what, provoke] of Object.entries(ways))
        texts.push(`### ${code}: ${what}\n${await shown(code as ErrorCode, provoke)}\n`)
    await expect(texts.join('\n')).toMatchFileSnapshot(`golden/${area}.txt`)
  })
})

test('there is one of each code', () => {
  const codes = Object.values(AREAS).flatMap((provocations) => Object.keys(provocations))
  expect(codes.sort()).toEqual(Object.keys(ERRORS).sort())
})

async function shown(code: ErrorCode, provoke: Provocation): Promise<string> {
  using place = new ScriptFiles()
  const { codes, text } = shownOf(await outcomeOf(provoke, place), code)
  expect([...codes], `${code}: ${text}`).toEqual([code])
  return withoutChance(text, place.path)
}

async function outcomeOf(provoke: Provocation, place: ScriptFiles): Promise<unknown> {
  try {
    return await provoke(place)
  } catch (error) {
    return error
  }
}
