// Threads that go on when nobody waits for them, with workers that answer as the test says, on a clock that the test moves.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Link } from '../../src/workers/link.ts'
import { Runaways } from '../../src/workers/runaways.ts'
import type { InterruptedRequest } from '../../src/workers/runaways.ts'
import type { Interrupted } from '../../src/workers/thread-inquiry.ts'
import { FakeExchange } from './fake-exchange.ts'

const REQUEST = { id: 'a-1', method: 'GET', target: '/slow' }
const TOLD: Interrupted = { link: 0, opening: 1, thread: 'gantry-0', stack: '  File …', isInterrupted: true }

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], now: 0 })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Scene {
  readonly runaways: Runaways
  readonly asked: string[]
  readonly told: InterruptedRequest[]
  readonly stuck: string[]
  /** Lets that much time pass, with a look every 100 ms. */
  readonly pass: (ms: number) => Promise<void>
}

/** Each interruption is answered with `answer`; `onAsked` is called before. */
function scene(answer: Interrupted | undefined, onAsked: () => void = () => undefined): Scene {
  const asked: string[] = []
  const told: InterruptedRequest[] = []
  const stuck: string[] = []
  const threads = {
    interrupt: (link: number, opening: number) => {
      asked.push(`interrupt ${link}/${opening}`)
      onAsked()
      return Promise.resolve(answer)
    },
    signalledStacks: () => {
      asked.push('signal')
      return Promise.resolve('Thread 0x1 …')
    },
  }
  const runaways = new Runaways(
    { requestTimeoutMs: 1_000, interruptGraceMs: 500 },
    {
      worker: () => ({ pid: 7, threads }),
      interrupted: (request) => told.push(request),
      stuck: (_worker, why) => stuck.push(why),
    },
  )
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      await vi.advanceTimersByTimeAsync(100)
      runaways.look(performance.now())
      await vi.advanceTimersByTimeAsync(0)
    }
  }
  return { runaways, asked, told, stuck, pass }
}

const linkThat = (state: { isClosed: boolean; isGivenUp: boolean }): Link =>
  ({ worker: 1, index: 0, opening: 1, sentAtMs: 0, ...state }) as unknown as Link
const closedLink = (): Link => linkThat({ isClosed: true, isGivenUp: true })

describe('a thread whose request is overdue', () => {
  test('is interrupted and told of once; when it comes back, nothing else happens', async () => {
    const { runaways, asked, told, stuck, pass } = scene(TOLD)
    runaways.overdue(closedLink(), REQUEST, 'GANTRY_REQUEST_TIMEOUT', 'answered', 0)
    await pass(200)
    expect(asked).toEqual(['interrupt 0/1'])
    expect(told).toMatchObject([{ request: REQUEST, outcome: 'answered', worker: 1, pid: 7, told: TOLD }])
    runaways.returned(1, 0)
    await pass(2_000)
    expect([asked.length, told.length, stuck, runaways.of(1)]).toEqual([1, 1, [], []])
  })

  test('that does not come back is woken again, and costs its worker its life after the grace', async () => {
    const { runaways, asked, told, stuck, pass } = scene(TOLD)
    runaways.overdue(closedLink(), REQUEST, 'GANTRY_REQUEST_TIMEOUT', 'cut', 0)
    await pass(500)
    expect([asked.length >= 2, told.length, stuck]).toEqual([true, 1, []])
    await pass(200)
    expect(stuck[0]).toContain('GET /slow')
  })

  test('in a worker that does not answer has its stack by a signal, and is stuck after the grace', async () => {
    const { runaways, asked, told, stuck, pass } = scene(undefined)
    runaways.overdue(closedLink(), REQUEST, 'GANTRY_REQUEST_TIMEOUT', 'answered', 0)
    await pass(200)
    expect(asked).toEqual(['interrupt 0/1', 'signal'])
    expect(told).toMatchObject([{ told: 'held up', stacks: 'Thread 0x1 …' }])
    await pass(600)
    expect(stuck).not.toEqual([])
  })

  test('in a worker that ends before it answers is told of all the same, without asking it again', async () => {
    const { runaways, asked, told, pass } = scene(undefined, () => runaways.ended(1))
    runaways.overdue(closedLink(), REQUEST, 'GANTRY_REQUEST_TIMEOUT', 'answered', 0)
    await pass(200)
    expect([asked, told[0]?.told]).toEqual([['interrupt 0/1'], 'over'])
  })

  test('is not interrupted while others of its batch are on its link; a worker that does not even give them back is held up', async () => {
    const { runaways, asked, pass } = scene(TOLD)
    runaways.overdue(
      linkThat({ isClosed: false, isGivenUp: true }),
      REQUEST,
      'GANTRY_REQUEST_TIMEOUT',
      'cut',
      0,
    )
    await pass(900)
    expect(asked).toEqual([])
    await pass(300)
    expect(asked).toEqual(['signal'])
  })

  test('that answered all the same, and is at another request, is left alone', async () => {
    const { runaways, asked, pass } = scene(TOLD)
    const link = linkThat({ isClosed: false, isGivenUp: false })
    runaways.overdue(link, REQUEST, 'GANTRY_REQUEST_TIMEOUT', 'cut', 0)
    await pass(3_000)
    expect([asked, runaways.of(1)]).toEqual([[], []])
  })
})

describe('what is still to be told of a worker', () => {
  const isSettled = (promise: Promise<void>): Promise<boolean> =>
    Promise.race([promise.then(() => true), Promise.resolve().then(() => Promise.resolve(false))])

  test('is waited for: the stack of a request whose time is up just when its worker is to be killed', async () => {
    const { runaways, told, pass } = scene(TOLD)
    runaways.overdue(closedLink(), REQUEST, 'GANTRY_REQUEST_TIMEOUT', 'answered', 0)
    const whenTold = runaways.whenTold(1, 0)
    expect(await isSettled(whenTold)).toBe(false)
    await pass(100)
    await whenTold
    expect(told).toMatchObject([{ told: TOLD }])
  })

  test('is nothing where the thread has come back, the worker has ended, or the time is not up', async () => {
    const { runaways } = scene(TOLD)
    runaways.overdue(closedLink(), REQUEST, 'GANTRY_REQUEST_TIMEOUT', 'answered', 0)
    const whenTold = [runaways.whenTold(1, 0)]
    runaways.returned(1, 0)
    runaways.overdue(closedLink(), REQUEST, 'GANTRY_REQUEST_TIMEOUT', 'answered', 0)
    whenTold.push(runaways.whenTold(1, 0))
    runaways.ended(1)
    runaways.abandoned(closedLink(), new FakeExchange())
    whenTold.push(runaways.whenTold(1, 0))
    await Promise.all(whenTold)
  })
})

describe('a thread whose client has left', () => {
  test('is interrupted when the time of its request is up, and not before', async () => {
    const { runaways, asked, told, pass } = scene(TOLD)
    runaways.abandoned(closedLink(), new FakeExchange())
    await pass(900)
    expect(asked).toEqual([])
    await pass(200)
    expect([asked, told[0]?.outcome]).toEqual([['interrupt 0/1'], 'unheard'])
  })

  test('is forgotten with its worker', async () => {
    const { runaways, asked, pass } = scene(TOLD)
    runaways.abandoned(closedLink(), new FakeExchange())
    runaways.ended(1)
    await pass(2_000)
    expect(asked).toEqual([])
  })
})
