import { expect, test } from 'vitest'
import { countText } from '../../src/observe/count-text.ts'

test('a number is read by its thousands', () => {
  expect([0, 999, 1_234, 1_234_567].map(countText)).toEqual(['0', '999', '1,234', '1,234,567'])
})
