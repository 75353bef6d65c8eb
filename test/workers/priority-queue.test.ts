import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Priority } from '../../src/config/priorities.ts'
import { PriorityQueue } from '../../src/workers/priority-queue.ts'
import type { Exchange } from '../../src/wsgi/exchange.ts'

// The queue looks at nothing else of an exchange.
const named = (id: string, priority?: Priority): Exchange =>
  ({ id, ...(priority === undefined ? {} : { route: { priority } }) }) as unknown as Exchange

function take(queue: PriorityQueue): string | undefined {
  const next = queue.peek()
  expect(queue.peek()).toBe(next)
  queue.shift()
  return next?.exchange.id
}

function drain(queue: PriorityQueue): string[] {
  const ids: string[] = []
  for (let id = take(queue); id !== undefined; id = take(queue)) ids.push(id)
  expect(queue.length).toBe(0)
  return ids
}

const priority = fc.constantFrom<Priority | undefined>('high', 'normal', 'low', undefined)

describe('the queue by priority', () => {
  test('is first in, first out, where nothing is said of priority', () => {
    const queue = new PriorityQueue()
    for (const id of ['a', 'b', 'c']) queue.push(named(id), 0)
    expect(drain(queue)).toEqual(['a', 'b', 'c'])
  })

  test('gives the high ones first and the low ones last, each in the order they came', () => {
    const queue = new PriorityQueue()
    for (const [id, given] of [
      ['l', 'low'],
      ['n', undefined],
      ['h1', 'high'],
      ['m', 'normal'],
      ['h2', 'high'],
    ] as const)
      queue.push(named(id, given), 0)
    expect(drain(queue)).toEqual(['h1', 'h2', 'n', 'm', 'l'])
  })

  test('gives one in eight to those that are passed over, to the one that waits longest', () => {
    const queue = new PriorityQueue()
    for (let index = 0; index < 30; index++) queue.push(named('h', 'high'), 0)
    queue.push(named('low', 'low'), 1)
    queue.push(named('normal'), 2)
    const order = drain(queue)
    expect([order.indexOf('low'), order.indexOf('normal')]).toEqual([7, 15])
  })

  test('takes requests back to the front of their own level', () => {
    const queue = new PriorityQueue()
    for (const id of ['n1', 'n2']) queue.push(named(id), 0)
    queue.push(named('h1', 'high'), 0)
    expect([take(queue), take(queue)]).toEqual(['h1', 'n1'])
    queue.putBack([named('h1', 'high'), named('n1')], 0)
    expect(drain(queue)).toEqual(['h1', 'n1', 'n2'])
  })

  test('knows the one that waits longest, whatever its priority', () => {
    const queue = new PriorityQueue()
    queue.push(named('low', 'low'), 1)
    queue.push(named('high', 'high'), 2)
    expect(queue.oldest).toMatchObject({ exchange: { id: 'low' }, sinceMs: 1 })
    expect(queue.takeOut(({ exchange }) => exchange.id === 'low')).toHaveLength(1)
    expect([queue.oldest?.exchange.id, queue.length]).toEqual(['high', 1])
  })

  test('loses nobody, keeps the order within a priority, and lets no one wait for ever', () => {
    const steps = fc.array(
      fc.oneof(
        priority.map((given) => ({ given })),
        fc.constant('take'),
      ),
      { maxLength: 300 },
    )
    fc.assert(
      fc.property(steps, (given) => {
        const queue = new PriorityQueue()
        const pushed: { id: string; level: Priority }[] = []
        const taken: string[] = []
        let overtaken = 0
        for (const step of given) {
          if (typeof step === 'object') {
            const id = String(pushed.length)
            pushed.push({ id, level: step.given ?? 'normal' })
            queue.push(named(id, step.given), pushed.length)
            continue
          }
          const waiting = pushed.filter(({ id }) => !taken.includes(id))
          const id = take(queue)
          if (id === undefined) continue
          taken.push(id)
          const { level } = pushed[Number(id)]!
          const isLowest = !waiting.some((other) => rank(other.level) > rank(level))
          overtaken =
            isLowest || rank(level) > Math.min(...waiting.map((other) => rank(other.level)))
              ? 0
              : overtaken + 1
          expect(overtaken).toBeLessThan(8)
        }
        const all = [...taken, ...drain(queue)]
        expect([...all].sort()).toEqual(pushed.map(({ id }) => id).sort())
        for (const level of ['high', 'normal', 'low']) {
          const own = all.map(Number).filter((id) => pushed[id]!.level === level)
          expect(own).toEqual([...own].sort((one, other) => one - other))
        }
      }),
    )
  })
})

const rank = (level: Priority): number => ['high', 'normal', 'low'].indexOf(level)
