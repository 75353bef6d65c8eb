import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GantryError } from '../../src/errors.ts'
import { findInterpreter, type Interpreter, type InterpreterChoice } from '../../src/workers/interpreter.ts'

let root: string

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'gantry-interpreter-')))
})

afterEach(() => {
  rmSync(root, { recursive: true })
})

function executable(path: string): string {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, '#!/bin/sh\n', { mode: 0o755 })
  return file
}

const find = (choice: Partial<InterpreterChoice> = {}): Interpreter =>
  findInterpreter({
    python: undefined,
    pythonOrigin: 'default',
    chdir: join(root, 'site'),
    startDirectory: join(root, 'start'),
    env: { PATH: join(root, 'bin') },
    ...choice,
  })

function refusal(choice: Partial<InterpreterChoice>): GantryError {
  try {
    find(choice)
  } catch (error) {
    if (error instanceof GantryError) return error
    throw error
  }
  throw new Error('an interpreter was found')
}

describe('the order of the search', () => {
  test('is --python, $VIRTUAL_ENV, .venv, venv, python3 in PATH', () => {
    const path = executable('bin/python3')
    expect(find()).toEqual({ path, origin: 'PATH' })

    const startVenv = executable('start/venv/bin/python')
    expect(find()).toEqual({ path: startVenv, origin: `venv in ${root}/start` })

    const venv = executable('site/venv/bin/python')
    expect(find()).toEqual({ path: venv, origin: `venv in ${root}/site` })

    const hidden = executable('site/.venv/bin/python')
    expect(find()).toEqual({ path: hidden, origin: `.venv in ${root}/site` })

    const env = { PATH: join(root, 'bin'), VIRTUAL_ENV: join(root, 'active') }
    const active = executable('active/bin/python')
    expect(find({ env })).toEqual({ path: active, origin: '$VIRTUAL_ENV' })

    const named = executable('start/py/python3.12')
    const choice = { env, python: 'py/python3.12', pythonOrigin: 'flag --python' }
    expect(find(choice)).toEqual({ path: named, origin: 'flag --python' })
  })
})

describe('--python', () => {
  test('is looked up in PATH if it is a bare name', () => {
    const path = executable('bin/python3.12')
    executable('start/python3.12')
    expect(find({ python: 'python3.12', pythonOrigin: 'flag --python' }).path).toBe(path)
  })

  test('skips what cannot be executed in PATH, and the empty entries of PATH', () => {
    chmodSync(executable('first/python3'), 0o644)
    mkdirSync(join(root, 'second/python3'), { recursive: true })
    const path = executable('third/python3')
    const directories = ['', join(root, 'first'), join(root, 'second'), join(root, 'third')]
    expect(find({ env: { PATH: directories.join(':') } }).path).toBe(path)
  })
})

test("a virtual environment's link is not followed, which would leave the environment", () => {
  const target = executable('usr/bin/python3')
  mkdirSync(join(root, 'site/.venv/bin'), { recursive: true })
  symlinkSync(target, join(root, 'site/.venv/bin/python'))
  expect(find().path).toBe(join(root, 'site/.venv/bin/python'))
})

describe('a missing interpreter', () => {
  test('is an error that names every place looked at', () => {
    const error = refusal({ env: { PATH: '/nowhere:/else' } })
    expect(error.code).toBe('GANTRY_PYTHON_NOT_FOUND')
    expect(error.message).toContain('looked at /nowhere/python3, /else/python3')
    expect(refusal({ env: {} }).message).toContain('PATH is empty')
  })

  test('names the option that asked for it', () => {
    const error = refusal({ python: './no/python', pythonOrigin: 'variable GANTRY_PYTHON' })
    expect(error.message).toContain(`variable GANTRY_PYTHON); looked at ${root}/start/no/python`)
  })

  test('in an active virtual environment is not made good by another Python', () => {
    executable('bin/python3')
    const env = { PATH: join(root, 'bin'), VIRTUAL_ENV: join(root, 'gone') }
    expect(refusal({ env }).message).toContain('$VIRTUAL_ENV')
  })
})

describe('what cannot be executed is refused with the reason', () => {
  test('a directory, as the virtual environment itself would be', () => {
    executable('start/env/bin/python')
    const error = refusal({ python: './env', pythonOrigin: 'flag --python' })
    expect(error.code).toBe('GANTRY_PYTHON_NOT_EXECUTABLE')
    expect(error.message).toContain('it is a directory')
  })

  test('a file without the permission', () => {
    chmodSync(executable('start/python'), 0o644)
    expect(refusal({ python: './python', pythonOrigin: 'flag --python' }).message).toContain(
      'not marked as executable',
    )
  })

  test('a virtual environment whose Python has been removed', () => {
    mkdirSync(join(root, 'site/.venv/bin'), { recursive: true })
    symlinkSync('/nowhere/python3', join(root, 'site/.venv/bin/python'))
    expect(refusal({}).message).toContain('a link to a file that does not exist')
  })
})
