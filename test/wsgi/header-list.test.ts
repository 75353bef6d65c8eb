import { describe, expect, test } from 'vitest'
import { addVary, hasHeader, removeHeader, setHeader } from '../../src/wsgi/header-list.ts'
import type { Header } from '../../src/wsgi/header.ts'

const list = (): Header[] => [
  ['X-A', '1'],
  ['Content-Type', 'text/plain'],
  ['x-a', '2'],
]

describe('a list of headers', () => {
  test('has its names without their case (RFC 9110 §5.1)', () => {
    expect([hasHeader(list(), 'x-A'), hasHeader(list(), 'X-B')]).toEqual([true, false])
  })

  test('loses every header of a name', () => {
    const headers = list()
    removeHeader(headers, 'X-a')
    expect(headers).toEqual([['Content-Type', 'text/plain']])
  })

  test('has one header in the place of all of its name', () => {
    const headers = list()
    setHeader(headers, 'X-A', '3')
    expect(headers).toEqual([
      ['Content-Type', 'text/plain'],
      ['X-A', '3'],
    ])
  })

  test.each<[string, string[], string[]]>([
    ['there is none', [], ['Origin']],
    ['there is another', ['Cookie'], ['Cookie, Origin']],
    ['there are several', ['Cookie', 'Accept'], ['Cookie', 'Accept, Origin']],
    ['it is there', ['Accept, origin ,Cookie'], ['Accept, origin ,Cookie']],
    ['it is in one of several', ['ORIGIN', 'Accept'], ['ORIGIN', 'Accept']],
    ['it stands for all', ['*'], ['*']],
    ['it is empty', [''], ['Origin']],
    ['one has a name that begins the same', ['Origin-Agent'], ['Origin-Agent, Origin']],
  ])('has Vary once and whole where %s (RFC 9110 §12.5.5)', (_, before, after) => {
    const headers = before.map((value): Header => ['vary', value])
    addVary(headers, 'Origin')
    expect(headers.map(([, value]) => value)).toEqual(after)
  })
})
