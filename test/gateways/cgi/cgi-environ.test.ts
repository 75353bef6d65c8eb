// The environ of CGI programs, by the cases that the Python side is tested with too (test/python/test_cgi_environ.py).

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CgiProblem, bodyBytes, cgiStrings } from '../../../src/gateways/cgi/cgi-environ.ts'

interface EnvironCase {
  readonly rule: string
  readonly variables: Readonly<Record<string, string>>
  readonly scriptName?: string
  readonly environ?: Readonly<Record<string, string>>
  readonly absent?: readonly string[]
  readonly refused?: string
}

const CASES = JSON.parse(
  readFileSync(new URL('environ-cases.json', import.meta.url), 'utf8'),
) as readonly EnvironCase[]

test.each(CASES)('W60 $rule', ({ variables, scriptName, environ, absent = [], refused }) => {
  const strings = cgiStrings(Object.entries(variables), scriptName)
  if (refused !== undefined) {
    expect(strings).toBeInstanceOf(CgiProblem)
    expect((strings as CgiProblem).message).toContain(refused)
    return
  }
  expect(strings).toMatchObject(environ ?? {})
  for (const key of absent) expect(strings).not.toHaveProperty([key])
})

test('a body has as many bytes as CONTENT_LENGTH says, and none where it says nothing that can be read', () => {
  const lengths = ['12', '', 'x', '-1'].map((length) => bodyBytes({ CONTENT_LENGTH: length }))
  expect([...lengths, bodyBytes({})]).toEqual([12, 0, 0, 0, 0])
})
