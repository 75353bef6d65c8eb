import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/wsgi/exchange.ts'
import { ExchangeQueue } from '../../src/workers/exchange-queue.ts'

// The queue looks at nothing of an exchange.
const named = (id: string): Exchange => ({ id }) as unknown as Exchange

function drain(queue: ExchangeQueue): string[] {
  const ids: string[] = []
  for (let next = queue.peek(); next !== undefined; next = queue.peek()) {
    ids.push(next.exchange.id)
    queue.shift()
  }
  return ids
}

describe('the queue of requests', () => {
  test('is first in, first out, with the time of each', () => {
    const queue = new ExchangeQueue()
    queue.push(named('a'), 1)
    queue.push(named('b'), 2)
    expect(queue.length).toBe(2)
    expect(queue.peek()).toMatchObject({ exchange: { id: 'a' }, sinceMs: 1 })
    expect(drain(queue)).toEqual(['a', 'b'])
    expect(queue.length).toBe(0)
    queue.shift()
    expect(queue.length).toBe(0)
  })

  test('lets those out of the middle that are due, and keeps the order of the others', () => {
    const queue = new ExchangeQueue()
    for (const id of ['a', 'b', 'c', 'd']) queue.push(named(id), 1)
    queue.shift()
    const taken = queue.takeOut(({ exchange }) => exchange.id === 'c')
    expect(taken.map(({ exchange }) => exchange.id)).toEqual(['c'])
    expect(queue.length).toBe(2)
    queue.push(named('e'), 2)
    expect(drain(queue)).toEqual(['b', 'd', 'e'])
  })

  test('takes requests back where they were, before all others', () => {
    const queue = new ExchangeQueue()
    for (const id of ['a', 'b', 'c', 'd']) queue.push(named(id), 0)
    queue.shift()
    queue.shift()
    queue.putBack([named('a2'), named('b2')], 0)
    expect(queue.length).toBe(4)
    expect(drain(queue)).toEqual(['a2', 'b2', 'c', 'd'])
  })

  test('keeps the order over many thousands, coming and going', () => {
    const queue = new ExchangeQueue()
    const seen: number[] = []
    let pushed = 0
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 60; i++) queue.push(named(String(pushed++)), 0)
      for (let i = 0; i < 50; i++) {
        seen.push(Number(queue.peek()!.exchange.id))
        queue.shift()
      }
    }
    seen.push(...drain(queue).map(Number))
    expect(seen).toEqual(Array.from({ length: pushed }, (_, i) => i))
  })
})
