// Every way in which APP may be written, and every kind of application that the server then calls (W1).

import { describe, expect, test } from 'vitest'
import { FIXTURES, FIXTURE_ENVIRONMENT, get } from '../harness/fixtures.ts'
import { type GantryOptions, startGantry } from '../harness/gantry-process.ts'

const ONE = ['--workers', '1', '--threads', '1']
const IN_FIXTURES: GantryOptions = { cwd: FIXTURES }

async function answerOf(args: readonly string[], options: GantryOptions = {}): Promise<string> {
  const env = { ...FIXTURE_ENVIRONMENT, ...options.env }
  await using gantry = await startGantry([...args, ...ONE], { ...options, env })
  return (await get(gantry, '/')).text
}

describe('APP', () => {
  test.each([
    ['specified:named', 'named'],
    ['specified', 'app of the module'],
    ['specified:Site.nested', 'nested'],
    ['specified:create_app()', 'made from () and {}'],
    [`specified:create_app('live', 2, debug=True)`, `made from ('live', 2) and {'debug': True}`],
    ['applications.answers_hello', 'hello'],
    ['applications.answers_hello:application', 'hello'],
    ['specified.py', 'app of the module'],
    ['specified.py:named', 'named'],
    ['./specified.py:create_app(None)', 'made from (None,) and {}'],
    ['applications/answers_hello.py', 'hello'],
    [`${FIXTURES}/specified.py:named`, 'named'],
  ])('%s answers "%s"', async (application, text) => {
    expect(await answerOf([application], IN_FIXTURES)).toBe(text)
  })

  test('may stand behind the word serve', async () => {
    expect(await answerOf(['serve', 'specified:named'], IN_FIXTURES)).toBe('named')
  })

  test('may come from GANTRY_APP', async () => {
    expect(await answerOf([], { ...IN_FIXTURES, env: { GANTRY_APP: 'specified:named' } })).toBe('named')
  })

  test('is found from --chdir, a file too', async () => {
    expect(await answerOf(['specified.py:named', '--chdir', FIXTURES])).toBe('named')
  })
})

describe('an application without any of ours in between', () => {
  test.each(['a_class', 'an_instance', 'a_bound_method', 'a_generator_function', 'a_partial', 'decorated'])(
    'W1 may be what is_%s.py makes it',
    async (kind) => {
      expect(await answerOf([`applications.is_${kind}:application`], IN_FIXTURES)).toBe('hello')
    },
  )

  test('W2 is called by position, whatever its parameters are called', async () => {
    expect(await answerOf(['applications.names_its_parameters_oddly'], IN_FIXTURES)).toBe('GET')
  })

  test("W70 wsgiref's demo_app runs", async () => {
    expect(await answerOf(['wsgiref.simple_server:demo_app'])).toMatch(
      /^Hello world!\n[^]*wsgi\.version = \(1, 0\)/,
    )
  })
})

describe('--pythonpath', () => {
  test.each([
    ['first', 'second'],
    ['second', 'first'],
  ])('is searched in the order given: %s before %s', async (one, other) => {
    const args = ['tells_the_search_order', '--chdir', FIXTURES]
    const path = ['--pythonpath', `${FIXTURES}/${one}`, '--pythonpath', `${FIXTURES}/${other}`]
    expect(await answerOf([...args, ...path])).toBe(one)
  })

  test('is searched after the working directory', async () => {
    const path = ['--pythonpath', `${FIXTURES}/second`, '--pythonpath', FIXTURES]
    expect(await answerOf(['tells_the_search_order', '--chdir', `${FIXTURES}/first`, ...path])).toBe('first')
  })
})
