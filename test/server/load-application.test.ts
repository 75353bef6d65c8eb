import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { GantryError } from '../../src/errors.ts'
import { loadApplication } from '../../src/server/load-application.ts'
import { isScript } from '../../src/server/script-specification.ts'
import { testClient } from '../../src/testing/index.ts'
import { FIXTURES } from '../harness/fixtures.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const load = (specification: string) => loadApplication(specification, `${FIXTURES}/scripts`)

async function failure(specification: string): Promise<GantryError> {
  return await load(specification).then(
    () => expect.fail(`${specification} was loaded`),
    (error: unknown) => error as GantryError,
  )
}

describe('a specification', () => {
  test.each(['./app.ts', 'app.mts:application', '/srv/app.cjs:site.main', 'a b.js:create()', 'x.tsx.ts'])(
    '%s is of a script',
    (text) => expect(isScript(text)).toBe(true),
  )

  test.each([
    'shop.wsgi:application',
    'app.py',
    './app.py:app',
    "shop:create_app('x.js')",
    'typescript',
    'a.tsx',
  ])('%s is Python', (text) => expect(isScript(text)).toBe(false))
})

describe('loading an application', () => {
  test.each([
    ['applications.mjs', 'hello'],
    ['./applications.mjs:application', 'hello'],
    ['applications.mjs:ClassApplication', 'class'],
    ['applications.mjs:object', 'hello'],
    ['applications.mjs:site.wsgi.main', 'hello'],
    ['applications.mjs:createApplication()', 'hello'],
    ['exports-default.mjs', 'default'],
    ['compiled-default.cjs', 'compiled'],
    ['common.cjs', 'common'],
    ['common.cjs:app', 'common'],
  ])('W1 %s', async (specification, answer) => {
    const { application } = await load(specification)
    expect((await testClient(application).get('/')).text).toBe(answer)
  })

  test('tells what it found, for the banner', async () => {
    expect((await load('applications.mjs')).description).toBe(
      `applications.mjs:application (function, ${FIXTURES}/scripts/applications.mjs)`,
    )
    expect((await load('applications.mjs:ClassApplication')).description).toContain('(class, ')
  })

  test.each([
    ['missing.mjs', 'GANTRY_APPLICATION_NOT_FOUND', 'there is no file'],
    ['applications.mjs:absent', 'GANTRY_APPLICATION_NO_ATTRIBUTE', 'it exports'],
    ['applications.mjs:site.wsgi.absent', 'GANTRY_APPLICATION_NO_ATTRIBUTE', 'has no site.wsgi.absent'],
    ['nothing.mjs', 'GANTRY_APPLICATION_NO_ATTRIBUTE', 'it exports other'],
    ['applications.mjs:text', 'GANTRY_APPLICATION_NOT_CALLABLE', 'is no WSGI application'],
    ['applications.mjs:text()', 'GANTRY_APPLICATION_NOT_CALLABLE', 'no function that could be called'],
    ['applications.mjs:9lives', 'GANTRY_APPLICATION_BAD_SPECIFICATION', '9lives is no name'],
    ['applications.mjs:', 'GANTRY_APPLICATION_BAD_SPECIFICATION', 'nothing is no name'],
    ['throws.mjs', 'GANTRY_APPLICATION_RAISED', 'failed while it was imported'],
    ['applications.mjs:failing()', 'GANTRY_APPLICATION_RAISED', 'failing() failed'],
  ])('%s is refused with %s', async (specification, code, message) => {
    const error = await failure(specification)
    expect(error.code).toBe(code)
    expect(error.message).toContain(message)
  })

  test('shows the stack of what the module threw', async () => {
    expect((await failure('throws.mjs')).traceback).toMatch(
      /Error: broken while imported\n +at .*throws\.mjs/,
    )
  })

  test('that a module exports nothing is told with what to write', async () => {
    using directory = new TemporaryDirectory()
    writeFileSync(directory.join('forgotten.mjs'), 'const application = () => []\n')
    const error = await failure(directory.join('forgotten.mjs'))
    expect(error.code).toBe('GANTRY_APPLICATION_NO_ATTRIBUTE')
    expect(error.hint).toContain('export const application')
  })

  test.each([
    ['expressLike', 'fromNodeListener'],
    ['honoLike', 'fromFetch'],
  ])(
    '%s, which would be called with what it cannot know, is refused with the adapter to use',
    async (name, adapter) => {
      const error = await failure(`applications.mjs:${name}`)
      expect(error.code).toBe('GANTRY_APPLICATION_NOT_CALLABLE')
      expect(error.hint).toContain(adapter)
    },
  )
})
