import { expect, test } from 'vitest'
import { staleApiPages } from '../../scripts/write-api-reference.ts'

test('the API pages say what the declarations say (npm run reference)', () => {
  expect(staleApiPages()).toEqual([])
})
