import { describe, expect, test } from 'vitest'
import { LineBytes } from '../../../src/observe/access/line-bytes.ts'

const LONG = 'a'.repeat(3_000)

function lineOf(write: (line: LineBytes) => void): string {
  const line = new LineBytes()
  write(line)
  return line.toString()
}

describe('a line that is put together', () => {
  test('grows with what it holds, and loses nothing of it', () => {
    const line = lineOf((bytes) => {
      for (let part = 0; part < 5; part++) {
        bytes.text(LONG)
        bytes.quotable(`${LONG}\n`)
        bytes.word(`${LONG} `)
        expect(bytes.plain(LONG)).toBe(true)
        bytes.unicode(`${LONG}é`)
        bytes.number(part)
      }
    })
    const parts = Array.from(
      { length: 5 },
      (_, part) => `${LONG}${LONG}\\x0a${LONG}\\x20${LONG}${LONG}é${part}`,
    )
    expect(line === parts.join('')).toBe(true)
  })

  test('holds nothing of the line before', () => {
    const line = new LineBytes()
    line.text('a long line')
    line.clear()
    line.text('short')
    expect([line.toString(), Buffer.from(line.bytes).toString()]).toEqual(['short', 'short'])
  })

  test('has nothing of what is not plain', () => {
    const line = lineOf((bytes) => {
      bytes.text('[')
      expect(bytes.plain('a"b')).toBe(false)
      bytes.text(']')
    })
    expect(line).toBe('[]')
  })

  test.each([0, 9, 10, 99, 100, 12_345, 4_294_967_296, Number.MAX_SAFE_INTEGER, -1, 1.5])(
    'writes the number %d as String does',
    (value) => {
      expect(lineOf((line) => line.number(value))).toBe(String(value))
    },
  )
})
