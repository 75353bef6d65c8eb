import { describe, expect, test } from 'vitest'
import { BlockQueue } from '../../src/wsgi/block-queue.ts'

const block = (text: string): Buffer => Buffer.from(text)
const DONE = { done: true, value: undefined }

async function taken(queue: BlockQueue): Promise<string[]> {
  const texts: string[] = []
  for await (const each of queue) texts.push(String(each))
  return texts
}

describe('blocks', () => {
  test('come out as they went in, before and after somebody waits for them', async () => {
    const queue = new BlockQueue()
    queue.push(block('a'))
    queue.push(block('b'))
    const texts = taken(queue)
    await Promise.resolve()
    queue.push(block('c'))
    queue.end()
    expect(await texts).toEqual(['a', 'b', 'c'])
    expect(await queue.next()).toEqual(DONE)
  })

  test('go to each of several who wait, in their order', async () => {
    const queue = new BlockQueue()
    const waiting = [queue.next(), queue.next(), queue.next()]
    queue.push(block('a'))
    queue.push(block('b'))
    queue.end()
    const steps = await Promise.all(waiting)
    expect(steps.map(({ value }) => (value === undefined ? 'end' : String(value)))).toEqual(['a', 'b', 'end'])
  })

  test('that are many ask for patience, and for more when some were taken', async () => {
    const queue = new BlockQueue()
    let told = 0
    queue.onRoom = () => told++
    expect(queue.push(Buffer.alloc(65_535))).toBe(true)
    expect(queue.push(Buffer.alloc(1))).toBe(false)
    await queue.next()
    expect(told).toBe(1)
    await queue.next()
    expect([told, queue.push(block('a'))]).toEqual([1, true])
  })
})

test('tells who pushes when the consumer asks in vain, and whether it still waits', async () => {
  const queue = new BlockQueue()
  let asked = 0
  queue.onAsked = () => asked++
  queue.push(block('a'))
  await queue.next()
  expect([asked, queue.isAwaited]).toEqual([0, false])
  const waiting = queue.next()
  expect([asked, queue.isAwaited]).toEqual([1, true])
  queue.push(block('b'))
  expect([String((await waiting).value), queue.isAwaited]).toEqual(['b', false])
})

describe('a failure', () => {
  test('comes behind the blocks that were pushed before, unchanged and as often as somebody asks', async () => {
    const queue = new BlockQueue()
    const odd = Object.create(null) as unknown
    queue.push(block('a'))
    queue.fail(odd)
    expect(String((await queue.next()).value)).toBe('a')
    for (const asked of [queue.next(), queue.next()])
      expect(await asked.catch((error: unknown) => error)).toBe(odd)
  })

  test('is thrown to everybody who waits, and lets go on who pushes', async () => {
    const queue = new BlockQueue()
    let told = 0
    queue.onRoom = () => told++
    const waiting = [queue.next(), queue.next()]
    queue.fail(new RangeError('lost'))
    for (const each of waiting) await expect(each).rejects.toThrow('lost')
    expect([told, queue.push(block('nowhere')), queue.isOver]).toEqual([1, true, true])
  })

  test('after the end is none', async () => {
    const queue = new BlockQueue()
    queue.end()
    queue.fail(new RangeError('lost'))
    expect(await queue.next()).toEqual(DONE)
  })
})

describe('a consumer that takes no more', () => {
  test('is told of once, and drops what waits', async () => {
    const queue = new BlockQueue()
    let returned = 0
    let room = 0
    queue.onReturn = () => returned++
    queue.onRoom = () => room++
    queue.push(Buffer.alloc(65_536))
    for await (const { length } of queue) {
      expect(length).toBe(65_536)
      break
    }
    expect(await queue.return()).toEqual(DONE)
    expect([returned, room > 0, await queue.next()]).toEqual([1, true, DONE])
  })

  test('lets who waits end', async () => {
    const queue = new BlockQueue()
    const waiting = queue.next()
    await queue.return()
    expect(await waiting).toEqual(DONE)
  })

  test('is not told of after it has taken all', async () => {
    const queue = new BlockQueue()
    let returned = 0
    queue.onReturn = () => returned++
    queue.push(block('a'))
    queue.end()
    await queue.next()
    await queue.return()
    expect(returned).toBe(0)
  })
})

test('is ended by close() as by return(): what PEP 3333 has middleware call that does not iterate', async () => {
  const queue = new BlockQueue()
  let returned = 0
  queue.onReturn = () => returned++
  queue.push(block('a'))
  await queue.close()
  await queue.close()
  expect([returned, queue.isOver, await queue.next()]).toEqual([1, true, DONE])
})
