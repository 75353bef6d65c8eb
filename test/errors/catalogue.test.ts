import { describe, expect, test } from 'vitest'
import {
  bootFailureError,
  type ErrorCode,
  ERRORS,
  exitStatusOf,
  GantryError,
  isBootFailureKind,
  renderError,
} from '../../src/errors.ts'

const unknownFlag = new GantryError('GANTRY_OPTION_UNKNOWN', { given: 'flag --bnid', nearest: '--bind' })
const inUse = new GantryError('GANTRY_BIND_IN_USE', { address: 'http://127.0.0.1:8000' })

describe('the catalogue', () => {
  test.each(Object.keys(ERRORS) as ErrorCode[])('%s reads GANTRY_<AREA>_<FACT> and has a hint', (code) => {
    expect(code).toMatch(/^GANTRY(_[A-Z]+){2,}$/)
    expect(ERRORS[code].hint).toMatch(/\S/)
    expect(ERRORS[code].when).toMatch(/\.$/)
  })

  test('every error either ends the process or answers a client', () => {
    for (const [code, spec] of Object.entries(ERRORS)) {
      const outcomes = [spec.status, spec.exitStatus].filter((outcome) => outcome !== undefined)
      expect(outcomes, code).toHaveLength(1)
    }
  })
})

describe('GantryError', () => {
  test('carries code, status, hint, message and cause', () => {
    const cause = new Error('EPIPE')
    const error = new GantryError(
      'GANTRY_WORKER_CRASHED',
      { pid: 7, cause: 'it crashed with SIGSEGV', hint: '' },
      { cause },
    )
    expect(error).toMatchObject({ name: 'GantryError', code: 'GANTRY_WORKER_CRASHED', status: 502, cause })
    expect(error.message).toBe('process 7 ended: it crashed with SIGSEGV')
    expect(error.hint).toBe(ERRORS.GANTRY_WORKER_CRASHED.hint)
  })

  test('has the hint that fits what ended a worker', () => {
    const details = { pid: 7, cause: 'it exited with status 3', hint: 'Look for os._exit().' }
    expect(new GantryError('GANTRY_WORKER_CRASHED', details).hint).toBe('Look for os._exit().')
  })

  test('names the process that holds a port if it is known', () => {
    const owner = { pid: 42, command: 'python3 -m http.server' }
    const error = new GantryError('GANTRY_BIND_IN_USE', { address: 'http://127.0.0.1:8000', owner })
    expect(error.message).toBe('http://127.0.0.1:8000 is in use by process 42 (python3 -m http.server)')
    expect(inUse.message).toBe('http://127.0.0.1:8000 is in use')
  })
})

describe('bootFailureError', () => {
  const failure = { message: 'no module named "shop"', hint: 'Did you mean "shops"?', traceback: '' }

  test('takes message and hint from the worker', () => {
    const error = bootFailureError({ kind: 'not-found', ...failure })
    expect(error).toMatchObject({ code: 'GANTRY_APPLICATION_NOT_FOUND', exitStatus: 1, traceback: undefined })
    expect([error.message, error.hint]).toEqual([failure.message, failure.hint])
  })

  test('has a hint of its own when the worker sends none', () => {
    expect(bootFailureError({ kind: 'not-callable', ...failure, hint: '' }).hint).toMatch(/parentheses/)
  })

  test('counts a bad specification as configuration', () => {
    expect(bootFailureError({ kind: 'bad-specification', ...failure }).exitStatus).toBe(2)
  })

  test('knows its kinds and no other', () => {
    expect(isBootFailureKind('raised')).toBe(true)
    expect(isBootFailureKind('toString')).toBe(false)
  })
})

describe('renderError', () => {
  test('writes the message on a line, and the hint with the code indented under it', () => {
    expect(renderError(unknownFlag)).toBe(
      'gantry: unknown flag --bnid; did you mean --bind?\n  gantry --help-all lists every option. (GANTRY_OPTION_UNKNOWN)',
    )
  })

  test('ends with the traceback where the application failed, as Python printed it', () => {
    const traceback = 'Traceback (most recent call last):\n  File "app.py", line 1\nNameError: x\n'
    const text = renderError(
      bootFailureError({ kind: 'raised', message: 'NameError: x', hint: '', traceback }),
    )
    expect(text).toMatch(/^gantry: NameError: x\n {2}\S/)
    expect(text.endsWith(`\n\n${traceback.trimEnd()}`)).toBe(true)
  })

  test('indents the further lines of a message', () => {
    const error = bootFailureError({ kind: 'not-found', message: 'no module\nsearched:\n/srv', hint: 'h' })
    expect(renderError(error)).toContain('gantry: no module\n  searched:\n  /srv\n  h')
  })

  test('writes all of the errors that were found together', () => {
    const text = renderError(new AggregateError([unknownFlag, inUse]))
    expect(text.match(/^gantry: /gm)).toHaveLength(2)
  })

  test('shows the stack of what is no error of the catalogue', () => {
    expect(renderError(new TypeError('x is not a function'))).toMatch(
      /^gantry: unexpected failure: TypeError: x is not a function\n +at /,
    )
    expect(renderError('a text')).toBe('gantry: unexpected failure: a text')
  })
})

describe('exitStatusOf', () => {
  test('is 2 if any of the errors is about configuration, and 1 otherwise', () => {
    expect(exitStatusOf(unknownFlag)).toBe(2)
    expect(exitStatusOf(inUse)).toBe(1)
    expect(exitStatusOf(new AggregateError([inUse, unknownFlag]))).toBe(2)
    expect(exitStatusOf(new Error('anything'))).toBe(1)
  })
})
