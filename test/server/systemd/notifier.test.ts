import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openNotifier } from '../../../src/server/systemd/notifier.ts'

let sent: string[][]
let env: Record<string, string | undefined>

const open = () =>
  openNotifier(
    env,
    () => undefined,
    () => (assignments) => void sent.push([...assignments]),
  )

beforeEach(() => {
  sent = []
  env = { NOTIFY_SOCKET: '/run/notify', PATH: '/bin' }
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})

afterEach(() => vi.useRealTimers())

describe('what the service manager is told', () => {
  test('is whose process it is, its state, and a line for people', () => {
    const notifier = open()
    notifier.ready('generation 1 serves\nat once')
    notifier.reloading()
    notifier.stopping()
    expect(sent).toEqual([
      ['READY=1', `MAINPID=${process.pid}`, 'STATUS=generation 1 serves at once'],
      ['RELOADING=1', expect.stringMatching(/^MONOTONIC_USEC=\d{6,}$/), 'STATUS=reloading'],
      ['STOPPING=1', expect.stringMatching(/^STATUS=/)],
    ])
  })

  test('is nothing without a service manager that listens', () => {
    env = { WATCHDOG_USEC: '1000000' }
    const notifier = open()
    notifier.ready('')
    notifier.watch(() => Promise.resolve(true))
    expect(sent).toEqual([])
  })

  test('is nothing that a child process could tell it too', () => {
    env = { ...env, WATCHDOG_USEC: '1000000', WATCHDOG_PID: '1' }
    open()
    expect(env).toEqual({ PATH: '/bin' })
  })
})

describe('the watchdog', () => {
  test('hears twice in its time that all is well, and only as long as it is', async () => {
    env['WATCHDOG_USEC'] = '4000000'
    env['WATCHDOG_PID'] = `${process.pid}`
    const notifier = open()
    let isWell = true
    notifier.watch(() => Promise.resolve(isWell))
    await vi.advanceTimersByTimeAsync(4_100)
    expect(sent).toEqual([['WATCHDOG=1'], ['WATCHDOG=1'], ['WATCHDOG=1']])
    isWell = false
    await vi.advanceTimersByTimeAsync(10_000)
    expect(sent).toHaveLength(3)
    isWell = true
    notifier.close()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(sent).toHaveLength(3)
  })

  test.each([
    { WATCHDOG_USEC: '0' },
    { WATCHDOG_USEC: 'soon' },
    { WATCHDOG_USEC: '1000000', WATCHDOG_PID: '1' },
  ])('that is not for this process hears nothing: %j', async (variables) => {
    env = { ...env, ...variables }
    open().watch(() => Promise.resolve(true))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(sent).toEqual([])
  })
})
