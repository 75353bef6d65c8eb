// Interpreters: which one is chosen, and what is said of one that will not do.

import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { execFileSync } from 'node:child_process'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { failToStart } from '../harness/failed-start.ts'
import { FIXTURE_ARGUMENTS, FIXTURES, get, startFixtures } from '../harness/fixtures.ts'
import { startGantry } from '../harness/gantry-process.ts'

const MISCONFIGURED = { code: 2, signal: null }
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-interpreter-')))
afterAll(() => rmSync(directory, { recursive: true }))

const realPython = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim()

/** An executable file, made for one test. */
function script(name: string, text: string, mode = 0o755): string {
  const path = join(directory, name)
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, mode)
  return path
}

/** A virtual environment as far as the choice of the interpreter goes. */
function environmentAt(path: string): string {
  mkdirSync(join(path, 'bin'), { recursive: true })
  symlinkSync(realPython, join(path, 'bin/python'))
  writeFileSync(join(path, 'pyvenv.cfg'), `home = ${join(realPython, '..')}\n`)
  return path
}

/** A Python that is too old, if one is installed. */
function oldPython(): string | undefined {
  const versions = join(homedir(), '.pyenv/versions')
  const names = existsSync(versions) ? readdirSync(versions) : []
  return names
    .filter((name) => /^3\.[67]\./.test(name))
    .map((name) => join(versions, name, 'bin/python'))
    .find((path) => existsSync(path))
}

describe('an interpreter that will not do', () => {
  test('one that is missing: where it was looked for is told', async () => {
    const path = join(directory, 'no-such-python')
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, '--python', path])
    expect(exit).toEqual(MISCONFIGURED)
    expect(problems).toEqual([`no Python interpreter (flag --python); looked at ${path}`])
  })

  test('one that is not in PATH', async () => {
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, '--python', 'python4.2'], {
      env: { PATH: directory },
    })
    expect(exit).toEqual(MISCONFIGURED)
    expect(problems).toEqual([`no Python interpreter (flag --python); looked at ${directory}/python4.2`])
  })

  test('one that cannot be executed', async () => {
    const path = script('not-executable', 'exit 0', 0o644)
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, '--python', path])
    expect(exit).toEqual(MISCONFIGURED)
    expect(problems).toEqual([
      `the Python interpreter ${path} (flag --python) cannot be executed: it is not marked as executable`,
    ])
  })

  test('one that is too old: its version and the one that is needed are named', async () => {
    const path = script('too-old', 'echo "python-too-old 3.6.15" >&2; exit 3')
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, '--python', path])
    expect(exit).toEqual(MISCONFIGURED)
    expect(problems).toEqual([`Python 3.6.15 (${path}) is too old: Gantry needs 3.8 or newer`])
  })

  const old = oldPython()
  test.skipIf(old === undefined)('a real one that is too old says so by itself', async () => {
    const path = script('really-too-old', `exec ${old ?? ''} "$@"`)
    const { problems, exit } = await failToStart([...FIXTURE_ARGUMENTS, '--python', path])
    expect(exit).toEqual(MISCONFIGURED)
    expect(problems[0]).toMatch(/^Python 3\.[67]\.\d+ .*too-old\) is too old: Gantry needs 3\.8 or newer$/)
  })

  test('one that is no Python: what it printed is shown', async () => {
    const path = script('no-python', 'echo "this is not Python" >&2; exit 4')
    const { problems, text, exit } = await failToStart([...FIXTURE_ARGUMENTS, '--python', path])
    expect(exit).toEqual({ code: 1, signal: null })
    expect(problems[0]).toMatch(/^worker \d+ ended before it was ready: it exited by itself with status 4$/)
    expect(text).toContain('this is not Python')
  })

  test('$VIRTUAL_ENV whose Python is gone is not passed over', async () => {
    const gone = join(directory, 'gone')
    const { problems, exit } = await failToStart(FIXTURE_ARGUMENTS, { env: { VIRTUAL_ENV: gone } })
    expect(exit).toEqual(MISCONFIGURED)
    expect(problems).toEqual([`no Python interpreter ($VIRTUAL_ENV); looked at ${gone}/bin/python`])
  })
})

describe('the interpreter that is chosen', () => {
  const pythonLine = (path: string, origin: string): string => `(${path}, from ${origin})`

  test('is that of --python, whatever else there is', async () => {
    const active = environmentAt(join(directory, 'passed-over'))
    await using gantry = await startFixtures(['--workers', '1', '--python', realPython], {
      env: { VIRTUAL_ENV: active },
    })
    expect(gantry.stderr).toContain(pythonLine(realPython, 'flag --python'))
  })

  test('else that of $VIRTUAL_ENV, and stays inside of it', async () => {
    const active = environmentAt(join(directory, 'active'))
    await using gantry = await startFixtures(['--workers', '1'], { env: { VIRTUAL_ENV: active } })
    expect(gantry.stderr).toContain(pythonLine(`${active}/bin/python`, '$VIRTUAL_ENV'))
    const { prefix } = JSON.parse((await get(gantry, '/shows_its_process')).text) as { prefix: string }
    expect(prefix).toBe(active)
  })

  for (const name of ['.venv', 'venv']) {
    test(`else that of ${name} in the working directory of --chdir`, async () => {
      const site = mkdtempSync(join(directory, 'site-'))
      environmentAt(join(site, name))
      const args = ['mount_applications', '--chdir', site, '--pythonpath', FIXTURES, '--workers', '1']
      await using gantry = await startGantry(args, {
        env: { VIRTUAL_ENV: undefined, PYTHONDONTWRITEBYTECODE: '1' },
      })
      expect(gantry.stderr).toContain(pythonLine(`${site}/${name}/bin/python`, `${name} in ${site}`))
      const { prefix } = JSON.parse((await get(gantry, '/shows_its_process')).text) as { prefix: string }
      expect(prefix).toBe(join(site, name))
    })
  }

  test('else python3 in PATH', async () => {
    await using gantry = await startFixtures(['--workers', '1'], {
      cwd: directory,
      env: { VIRTUAL_ENV: undefined },
    })
    expect(gantry.stderr).toMatch(/\(\/.*\/python3, from PATH\)/)
  })
})
