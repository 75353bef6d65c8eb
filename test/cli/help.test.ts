import { describe, expect, test } from 'vitest'
import { helpText } from '../../src/config/help.ts'
import { OPTION_LIST } from '../../src/config/options.ts'

describe('--help', () => {
  test.each([
    ['help', false],
    ['help-all', true],
  ])('--%s reads as its golden file (npx vitest run test/cli -u writes it anew)', async (name, isWhole) => {
    await expect(helpText(isWhole)).toMatchFileSnapshot(`${name}.txt`)
  })

  test('is short: what people use most, on two screens', () => {
    expect(helpText(false).split('\n').length).toBeLessThan(100)
  })

  test('--help-all names every option', () => {
    const text = helpText(true)
    for (const { flag, option } of OPTION_LIST) expect(text).toContain(`${flag ?? ''} ${option.metavariable}`)
  })

  test('fits a terminal of 100 columns', () => {
    const widest = Math.max(
      ...helpText(true)
        .split('\n')
        .map((line) => line.length),
    )
    expect(widest).toBeLessThanOrEqual(100)
  })

  test('is plain ASCII, which every terminal shows', () => {
    expect(helpText(true)).toMatch(/^[\n\x20-\x7e]*$/)
  })
})
