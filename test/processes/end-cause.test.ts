import { describe, expect, test } from 'vitest'
import { type ProcessEnd, causeOfEnd } from '../../src/processes/end-cause.ts'

const END: ProcessEnd = { code: null, signal: null, killedFor: undefined }
const notAsked = (): boolean => {
  throw new Error('nobody should have looked')
}
const textOf = (end: Partial<ProcessEnd>, tookMemory: () => boolean = notAsked): string =>
  causeOfEnd({ ...END, ...end }, tookMemory).text

describe('causeOfEnd', () => {
  test('tells an exit with its status', () => {
    expect(textOf({ code: 3 })).toBe('it exited by itself with status 3')
  })

  test('tells our own kill with its reason, and does not look for another', () => {
    expect(textOf({ signal: 'SIGKILL', killedFor: 'it grew too large' })).toBe(
      'gantry killed it: it grew too large',
    )
  })

  test('does not claim an end that came before our signal', () => {
    expect(textOf({ code: 3, killedFor: 'a link broke' })).toMatch(/^it exited by itself with status 3/)
    expect(textOf({ signal: 'SIGSEGV', killedFor: 'a link broke' })).toBe('it crashed with SIGSEGV')
  })

  test('says so where nobody can tell how a process ended', () => {
    expect(textOf({})).toBe('how is not known, as the process that had started it was gone')
    expect(textOf({ killedFor: 'a link broke' })).toBe('gantry killed it: a link broke')
  })

  test('tells the kernel, that ran out of memory, from a person', () => {
    const kernel = causeOfEnd({ ...END, signal: 'SIGKILL' }, () => true)
    expect(kernel.text).toMatch(/^the kernel killed it because memory ran out/)
    expect(kernel.hint).toMatch(/--max-rss/)
    expect(textOf({ signal: 'SIGKILL' }, () => false)).toBe('killed by SIGKILL, not by gantry')
  })

  test('tells faults from signals that somebody sent', () => {
    expect(textOf({ signal: 'SIGSEGV' })).toBe('it crashed with SIGSEGV')
    expect(textOf({ signal: 'SIGUSR2' })).toBe('killed by SIGUSR2, not by gantry')
  })
})
