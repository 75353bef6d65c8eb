import { describe, expect, test } from 'vitest'
import { editDistance, nearestName } from '../../src/config/nearest-name.ts'

describe('editDistance', () => {
  test.each([
    ['', '', 0],
    ['bind', '', 4],
    ['', 'bind', 4],
    ['bind', 'bind', 0],
    ['bnid', 'bind', 1],
    ['bin', 'bind', 1],
    ['binds', 'bind', 1],
    ['bond', 'bind', 1],
    ['ca', 'abc', 3],
    ['workesr', 'workers', 1],
  ])('%j to %j takes %i edits', (from, to, edits) => {
    expect(editDistance(from, to)).toBe(edits)
  })
})

describe('nearestName', () => {
  const known = [
    '--bind',
    '--workers',
    '--threads',
    '--max-body-bytes',
    '--max-headers',
    '--max-header-bytes',
  ]

  test.each([
    ['--bnid', '--bind'],
    ['--worker', '--workers'],
    ['--wrkrs', '--workers'],
    ['--Threads', '--threads'],
    ['--max-body-byte', '--max-body-bytes'],
  ])('finds for %s the name that is fewest edits away', (given, nearest) => {
    expect(nearestName(given, known)).toBe(nearest)
  })

  test('completes the beginning of a single name', () => {
    expect(nearestName('--max-body', known)).toBe('--max-body-bytes')
    expect(nearestName('--ma', known)).toBeUndefined()
  })

  test.each(['--reload', '--x', '--', '--daemon'])('suggests nothing for %s', (given) => {
    expect(nearestName(given, known)).toBeUndefined()
  })
})
