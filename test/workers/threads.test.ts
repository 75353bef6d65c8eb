import { describe, expect, test } from 'vitest'
import type { Link } from '../../src/workers/link.ts'
import { Threads } from '../../src/workers/threads.ts'

// Nothing of a link counts but whose it is.
const linkOf = (worker: number, index: number): Link => ({ worker, index }) as unknown as Link

function threadsOf(workers: number, each: number): { threads: Threads; links: Link[] } {
  const threads = new Threads()
  const links: Link[] = []
  for (let worker = 1; worker <= workers; worker++) {
    for (let index = 0; index < each; index++) {
      const link = linkOf(worker, index)
      links.push(link)
      threads.add(link)
    }
  }
  return { threads, links }
}

function takeNext(threads: Threads): Link {
  const { link } = threads.next()!
  threads.take(link)
  return link
}

describe('the thread that gets the next request', () => {
  test('is the one used last, as long as one is enough', () => {
    const { threads } = threadsOf(1, 4)
    const first = takeNext(threads)
    threads.giveBack(first)
    for (let i = 0; i < 10; i++) {
      const next = takeNext(threads)
      expect(next).toBe(first)
      threads.giveBack(next)
    }
  })

  test('is one of the worker that has the fewest at work', () => {
    const { threads } = threadsOf(3, 2)
    const workers = Array.from({ length: 6 }, () => takeNext(threads).worker)
    expect(new Set(workers.slice(0, 3)).size).toBe(3)
    expect(new Set(workers.slice(3)).size).toBe(3)
    expect(threads.next()).toBeUndefined()
    expect(threads.freeCount).toBe(0)
  })

  test('is, of two idle workers, one of the worker used last', () => {
    const { threads } = threadsOf(2, 2)
    const one = takeNext(threads)
    const other = takeNext(threads)
    expect(other.worker).not.toBe(one.worker)
    threads.giveBack(one)
    threads.giveBack(other)
    expect(threads.next()!.link).toBe(other)
  })

  test('comes with how many of its worker are at work', () => {
    const { threads } = threadsOf(1, 2)
    expect(threads.next()!.busy).toBe(0)
    takeNext(threads)
    expect(threads.next()!.busy).toBe(1)
  })

  test('is never one that is gone, free or at work', () => {
    const { threads, links } = threadsOf(2, 2)
    const atWork = takeNext(threads)
    threads.remove(atWork)
    const free = links.find((link) => link.worker !== atWork.worker)!
    threads.remove(free)
    expect(threads.freeCount).toBe(2)
    const rest = [takeNext(threads), takeNext(threads)]
    expect(rest).not.toContain(atWork)
    expect(rest).not.toContain(free)
    expect(threads.next()).toBeUndefined()
    for (const link of rest) threads.remove(link)
    threads.add(linkOf(9, 0))
    expect(takeNext(threads).worker).toBe(9)
  })
})
