import { beforeEach, describe, expect, test } from 'vitest'
import { RewrittenLine, canRewrite } from '../../src/observe/rewritten-line.ts'

let written: string[]
beforeEach(() => (written = []))
const lineOf = (columns?: number): RewrittenLine =>
  new RewrittenLine({ ...(columns === undefined ? {} : { columns }), write: (text) => written.push(text) })

const ERASE = '\r\u001b[K'

describe('a line that is rewritten', () => {
  test('is erased before each text, and at its end once', () => {
    const line = lineOf(80)
    line.clear()
    line.show('one')
    line.show('two')
    line.clear()
    line.clear()
    expect(written).toEqual([`${ERASE}one`, `${ERASE}two`, ERASE])
  })

  test('never breaks: it ends before the last column, whatever the terminal says of its width', () => {
    for (const columns of [30, 0, undefined]) lineOf(columns).show('x'.repeat(200))
    expect(written.map((text) => text.length - ERASE.length)).toEqual([29, 79, 79])
    expect(written[0]).toMatch(/x…$/)
  })

  test('is not there where next to nothing has room', () => {
    const line = lineOf(20)
    line.show('a text')
    line.clear()
    expect(written).toEqual([])
  })
})

test.each([
  [true, {}, true],
  [true, { TERM: 'xterm' }, true],
  [false, { TERM: 'xterm' }, false],
  [undefined, { FORCE_COLOR: '1' }, false],
  [true, { TERM: 'dumb' }, false],
  [true, { TERM: 'dumb', FORCE_COLOR: '1' }, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [true, { FORCE_COLOR: '0' }, false],
])('a stream whose isTTY is %s, with %j, is rewritten: %s', (isTTY, env, is) => {
  expect(canRewrite(isTTY === undefined ? {} : { isTTY }, env)).toBe(is)
})
