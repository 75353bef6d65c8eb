// Applications that cannot be served: what is wrong in one line, with the hint that a newcomer needs.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type FailedStart, failToStart } from '../harness/failed-start.ts'
import { FIXTURES } from '../harness/fixtures.ts'

const BROKEN = `${FIXTURES}/broken`
const FAILED = { code: 1, signal: null }

const failIn = (application: string, ...options: string[]): Promise<FailedStart> =>
  failToStart([application, '--chdir', BROKEN, ...options])

describe('an application that is not there', () => {
  test('a module: the search path is told', async () => {
    const { problems, text, exit } = await failIn(
      'no_such_shop.wsgi:application',
      '--pythonpath',
      `${FIXTURES}/applications`,
    )
    expect(exit).toEqual(FAILED)
    // Nothing else comes first.
    expect(text).toMatch(/^gantry: there is no package/)
    expect(problems).toEqual(['there is no package named "no_such_shop"'])
    expect(text).toContain(`Searched: ${BROKEN}, ${FIXTURES}/applications`)
    expect(text).toContain('(GANTRY_APPLICATION_NOT_FOUND)')
    // That its front has ended, which had accepted nothing, is no news of its own.
    expect(text).not.toContain('front')
  })

  test('a module with a name that resembles one: it is named', async () => {
    const { text } = await failIn('misspels_application')
    expect(text).toContain('Did you mean misspells_application?')
  })

  test('a word that is nearly a command: that is told, too', async () => {
    const { text } = await failIn('statsu')
    expect(text).toMatch(/there is no module named "statsu"\n.*\n {2}Or did you mean gantry status\?\n$/)
  })

  test('a file', async () => {
    const { problems, text, exit } = await failIn('./ofers_no_callable.py')
    expect(exit).toEqual(FAILED)
    expect(problems).toEqual(['there is no file ./ofers_no_callable.py'])
    expect(text).toContain('Did you mean ./offers_no_callable.py?')
  })

  test('an attribute: the ones that are close are named', async () => {
    const { problems, text, exit } = await failIn('misspells_application:application')
    expect(exit).toEqual(FAILED)
    expect(problems).toEqual(['the module misspells_application has no attribute "application"'])
    expect(text).toContain('Did you mean misspells_application:aplication?')
    expect(text).toContain('(GANTRY_APPLICATION_NO_ATTRIBUTE)')
  })

  test('neither of the usual attributes', async () => {
    const { problems, text } = await failIn('misspells_application')
    expect(problems[0]).toMatch(/misspells_application has .*"application".*"app"/)
    expect(text).toContain('misspells_application:aplication')
  })
})

describe('an application that is none', () => {
  test('something that cannot be called', async () => {
    const { problems, text, exit } = await failIn('offers_no_callable:application')
    expect(exit).toEqual(FAILED)
    expect(problems).toEqual([
      "offers_no_callable:application is the string 'shop.wsgi', which cannot be called",
    ])
    expect(text).toContain('(GANTRY_APPLICATION_NOT_CALLABLE)')
  })

  test('a specification that cannot be read is a mistake of configuration', async () => {
    const { exit, text } = await failIn('misspells_application:create_app(')
    expect(exit).toEqual({ code: 2, signal: null })
    expect(text).toContain('(GANTRY_APPLICATION_BAD_SPECIFICATION)')
  })
})

describe('an application that raises', () => {
  test("while it is imported: the traceback is the application's alone", async () => {
    const { problems, text, exit } = await failIn('raises_while_imported:application')
    expect(exit).toEqual(FAILED)
    expect(problems).toEqual([
      'importing raises_while_imported raised ConnectionError: the database is not there',
    ])
    const traceback = text.slice(text.indexOf('Traceback (most recent call last):'))
    const files = [...traceback.matchAll(/^ {2}File "(.*?)", line \d+, in (\S+)$/gm)].map((match) => [
      match[1],
      match[2],
    ])
    const file = `${BROKEN}/raises_while_imported.py`
    expect(files).toEqual([
      [file, '<module>'],
      [file, 'connect'],
    ])
    expect(text.trimEnd()).toMatch(/\nConnectionError: the database is not there$/)
  })

  test('while it is imported, for a module that it needs: how to install it is told', async () => {
    const { problems, text } = await failIn('needs_what_is_not_there:application')
    expect(problems[0]).toMatch(
      /failed because the module "surely_not_installed" that it needs was not found/,
    )
    expect(text).toMatch(/-m pip install/)
  })

  test('with a syntax error: file and line are named', async () => {
    const { problems, exit } = await failIn('has_a_syntax_error:application')
    expect(exit).toEqual(FAILED)
    expect(problems[0]).toMatch(/SyntaxError in .*has_a_syntax_error\.py, line 3/)
  })

  test('in its factory', async () => {
    const { problems, text, exit } = await failIn("raises_in_its_factory:create_app('live')")
    expect(exit).toEqual(FAILED)
    expect(problems[0]).toMatch(/raised LookupError: no configuration live/)
    expect(text).toMatch(/in create_app\n/)
  })

  test('several workers that fail for the same reason say so once', async () => {
    const { problems } = await failIn('raises_while_imported:application', '--workers', '3')
    expect(problems).toHaveLength(1)
  })
})

describe('a worker that does not get ready', () => {
  test('because its application takes longer to import than --boot-timeout', async () => {
    const { problems, text, exit } = await failIn('waits_while_imported', '--boot-timeout', '300ms')
    expect(exit).toEqual(FAILED)
    expect(problems[0]).toMatch(/^worker \d+ was not ready within 0\.3 s$/)
    expect(text).toContain('--boot-timeout')
  })

  test('because its application ends the process', async () => {
    const { problems, exit } = await failIn('ends_while_imported')
    expect(exit).toEqual(FAILED)
    expect(problems[0]).toMatch(/^worker \d+ ended before it was ready: it exited by itself with status 9$/)
  })
})

describe('a directory that is not there', () => {
  test('--chdir: the path and where it came from are named', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gantry-start-'))
    rmSync(directory, { recursive: true })
    const { problems, exit } = await failToStart(['shop:application', '--chdir', directory])
    expect(exit).toEqual({ code: 2, signal: null })
    expect(problems).toEqual([`flag --chdir: there is no directory ${directory} that can be entered`])
  })

  test('--chdir that names a file', async () => {
    const { exit } = await failToStart(['shop:application', '--chdir', `${FIXTURES}/gate.py`])
    expect(exit).toEqual({ code: 2, signal: null })
  })
})
