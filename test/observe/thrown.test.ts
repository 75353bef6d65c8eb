// Whatever an application throws can be told: who tells of it must not fail over it.

import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { textOfThrown } from '../../src/observe/thrown.ts'

const fails = (): never => {
  throw new Error('cannot be shown')
}
const withStack = (stack: PropertyDescriptor): Error =>
  Object.defineProperty(new RangeError('x'), 'stack', stack)

test.each([
  ['an error', new RangeError('x'), /^RangeError: x\n +at /],
  ['null', null, /^thrown: null$/],
  ['an object', { code: 5 }, /^thrown: \{ code: 5 \}$/],
  ['an object without a prototype', Object.create(null), /^thrown: \[Object: null prototype\] \{\}$/],
  ['what cannot be inspected', { [inspect.custom]: fails }, /^thrown: Object$/],
  ['an error whose stack is call sites', withStack({ value: [{}] }), /^RangeError: x$/],
  ['an error whose stack throws', withStack({ get: fails }), /^RangeError$/],
])('%s', (_what, thrown: unknown, text) => {
  expect(textOfThrown(thrown)).toMatch(text)
})
