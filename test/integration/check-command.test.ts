// `gantry check` and `--lint`, with applications of both languages in real workers and fronts.

import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FIXTURE_ENVIRONMENT } from '../harness/fixtures.ts'
import { REPOSITORY, runGantry, startGantry } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const BROKEN_PYTHON = `def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Status", "200")])
    return [b"broken"]
`
const BROKEN_TYPESCRIPT = `export const application = (environ: unknown, startResponse: Function) => {
  startResponse('200 OK', [['Content-Type', 'text/plain'], ['Status', '200']])
  return [Buffer.from('broken')]
}
`

let directory: TemporaryDirectory
beforeAll(() => {
  directory = new TemporaryDirectory()
  writeFileSync(directory.join('broken.py'), BROKEN_PYTHON)
  writeFileSync(directory.join('broken.ts'), BROKEN_TYPESCRIPT)
  writeFileSync(directory.join('raises.py'), 'raise RuntimeError("while imported")\n')
  writeFileSync(
    directory.join('gantry.config.mjs'),
    `export default { application: 'broken.py', middleware: [() => () => { throw new Error('not to be checked') }] }`,
  )
})
afterAll(() => directory[Symbol.dispose]())

function check(...args: readonly string[]) {
  return runGantry(['check', ...args], { cwd: directory.path, env: FIXTURE_ENVIRONMENT, hasBind: true })
}

describe('gantry check', () => {
  test.each(['broken.py', './broken.ts'])(
    'tells each violation in %s once, and ends with status 1',
    async (name) => {
      await using gantry = await check(name)
      const lines = gantry.stdout.trimEnd().split('\n')
      expect(lines).toHaveLength(2)
      expect(lines[0]).toMatch(
        /^lint: LINT_HEADER_STATUS violation at GET \/: .*\(RFC 3875 §6\.3\.3; W28\): Status: .*also at/,
      )
      expect(lines[1]).toBe('19 requests, 1 violation, 0 pieces of advice')
      expect(gantry.stderr).toBe('')
      expect(gantry.exit).toEqual({ code: 1, signal: null })
    },
  )

  test.each(['wsgiref.simple_server:demo_app', `${REPOSITORY}examples/basics/generator.ts`])(
    'finds nothing in %s, and ends with status 0',
    async (name) => {
      await using gantry = await check(name)
      expect(gantry.stdout).toBe('19 requests, 0 violations, 0 pieces of advice\n')
      expect(gantry.exit).toEqual({ code: 0, signal: null })
    },
  )

  test('takes the application of the configuration file, without the middleware in front of it', async () => {
    await using gantry = await check()
    expect(gantry.stdout).toContain('LINT_HEADER_STATUS')
    expect(gantry.stdout).not.toContain('not to be checked')
  })

  test('says why an application cannot be started, as serving it would', async () => {
    await using gantry = await check('raises.py')
    expect(gantry.stderr).toMatch(/GANTRY_APPLICATION_RAISED.*RuntimeError: while imported/s)
    expect(gantry.stdout).toBe('')
    expect(gantry.exit.code).toBe(1)
  })

  test('refuses options that are none with status 2', async () => {
    await using gantry = await check('broken.py', '--workerz', '3')
    expect(gantry.stderr).toContain('did you mean --workers?')
    expect(gantry.exit.code).toBe(2)
  })
})

describe('--lint', () => {
  let plain: TemporaryDirectory
  beforeAll(() => {
    plain = new TemporaryDirectory()
    writeFileSync(plain.join('broken.py'), BROKEN_PYTHON)
    writeFileSync(plain.join('broken.ts'), BROKEN_TYPESCRIPT)
  })
  afterAll(() => plain[Symbol.dispose]())

  test.each([
    ['broken.py', ['--workers', '2']],
    ['./broken.ts', ['--fronts', '1']],
  ])(
    'tells what %s does wrong once for each path, in the log, and answers as ever',
    async (name, options) => {
      await using gantry = await startGantry([name, '--lint', ...options], {
        cwd: plain.path,
        env: FIXTURE_ENVIRONMENT,
      })
      const texts = await Promise.all(
        Array.from({ length: 8 }, async () => {
          const answer = await fetch(`${gantry.url}/a?secret`, { headers: { connection: 'close' } })
          return await answer.text()
        }),
      )
      expect(new Set(texts)).toEqual(new Set(['broken']))
      await gantry.logged(/lint: LINT_HEADER_STATUS violation at GET \/a: /)
      expect(gantry.stderr.match(/LINT_HEADER_STATUS/g)).toHaveLength(1)
      expect(gantry.stderr).not.toContain('secret')
    },
  )
})
