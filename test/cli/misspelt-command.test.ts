import { expect, test } from 'vitest'
import { misspeltCommandHint } from '../../src/cli/misspelt-command.ts'

test.each([
  ['statsu', '  Or did you mean gantry status?\n'],
  ['relaod', '  Or did you mean gantry reload?\n'],
  ['server', '  Or did you mean gantry serve?\n'],
  ['workres', '  Or did you mean gantry workers?\n'],
  ['help', '  Or did you mean gantry --help?\n'],
  ['version', '  Or did you mean gantry --version?\n'],
  ['shop', ''],
  ['app', ''],
  ['shop.wsgi', ''],
  ['mysite', ''],
  ['', ''],
])('%j, of which there is no application: %j', (word, hint) => {
  expect(misspeltCommandHint(word)).toBe(hint)
})
