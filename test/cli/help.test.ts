import { describe, expect, test } from 'vitest'
import { helpText } from '../../src/config/help.ts'
import { OPTION_LIST } from '../../src/config/options.ts'

describe('--help', () => {
  test('reads as help.txt (npx vitest run test/cli -u writes it anew)', async () => {
    await expect(helpText()).toMatchFileSnapshot('help.txt')
  })

  test('names every option', () => {
    const text = helpText()
    for (const { flag, option } of OPTION_LIST) expect(text).toContain(`${flag ?? ''} ${option.metavariable}`)
  })

  test('fits a terminal of 100 columns', () => {
    const widest = Math.max(
      ...helpText()
        .split('\n')
        .map((line) => line.length),
    )
    expect(widest).toBeLessThanOrEqual(100)
  })

  test('is plain ASCII, which every terminal shows', () => {
    expect(helpText()).toMatch(/^[\n\x20-\x7e]*$/)
  })
})
