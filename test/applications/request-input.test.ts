// wsgi.input over the bodies that gateways bring: in memory, in a file, on their way.

import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { inputOf } from '../../src/applications/request-input.ts'
import { BodyMemory } from '../../src/io/body-memory.ts'
import type { SpooledBody } from '../../src/wsgi/exchange.ts'
import { RequestCancelled } from '../../src/wsgi/index.ts'
import { numberedBytes } from '../harness/spools.ts'
import { openFilesIn } from '../harness/open-files.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { FakeStreamedBody } from '../workers/fake-exchange.ts'

const directory = new TemporaryDirectory()
afterAll(() => directory[Symbol.dispose]())

let files = 0

/** A body of `size` bytes in a file, in a directory of its own. */
function spooled(size: number): SpooledBody & { readonly directory: string } {
  const own = join(directory.path, String(++files))
  mkdirSync(own)
  const path = join(own, 'body')
  writeFileSync(path, numberedBytes(size))
  return { path, size, directory: own }
}

describe('a body in memory', () => {
  test('is read, and can be taken whole as long as it was not', async () => {
    const body = Buffer.from('one\ntwo')
    const input = inputOf(body)
    expect(input.wholeBody).toBe(body)
    expect((await input.readlines()).map(String)).toEqual(['one\n', 'two'])
    expect(input.wholeBody).toBeUndefined()
  })
})

describe('a body in memory that will serve another one', () => {
  test('is copied, for applications that keep it, and may be used again at once', async () => {
    const memory = BodyMemory.take()
    memory.put(numberedBytes(100_000), 0)
    const body = memory.first(100_000)
    const input = inputOf(body)
    const whole = input.wholeBody
    memory.release(body)
    const next = BodyMemory.take()
    next.put(Buffer.alloc(100_000), 0)
    expect(next.first(1).buffer === body.buffer).toBe(true)
    expect(numberedBytes(100_000).equals(whole as Buffer)).toBe(true)
    expect(numberedBytes(100_000).equals(await input.read())).toBe(true)
  })
})

describe('a body in a file', () => {
  const SIZE = 200_001

  test.skipIf(process.platform !== 'linux')(
    'is opened at the first read, and closed at its end',
    async () => {
      const body = spooled(SIZE)
      const input = inputOf(body)
      expect(openFilesIn(body.directory)).toEqual([])
      expect(await input.read(10)).toEqual(numberedBytes(10))
      expect(openFilesIn(body.directory)).toHaveLength(1)
      expect(Buffer.compare(await input.read(), numberedBytes(SIZE).subarray(10))).toBe(0)
      await expect.poll(() => openFilesIn(body.directory)).toEqual([])
      expect(await input.read()).toHaveLength(0)
    },
  )

  test.skipIf(process.platform !== 'linux')(
    'is closed with its request, also in the middle of a read',
    async () => {
      const body = spooled(SIZE)
      const input = inputOf(body)
      const reading = input.read().catch((error: unknown) => error)
      input.close()
      await reading
      await expect.poll(() => openFilesIn(body.directory)).toEqual([])
      await expect(input.read()).rejects.toBeInstanceOf(RequestCancelled)
    },
  )

  test('that is shorter than the body is an error, and no end', async () => {
    const body = spooled(SIZE)
    truncateSync(body.path, 70_000)
    await expect(inputOf(body).read()).rejects.toThrow('ends before the body does')
  })

  test('that cannot be opened is an error of the read, and of every one after it', async () => {
    const input = inputOf({ path: join(directory.path, 'nowhere'), size: 5 })
    await expect(input.read()).rejects.toThrow('ENOENT')
    await expect(input.readline()).rejects.toThrow('ENOENT')
    input.close()
  })
})

describe('a body on its way', () => {
  test('is not asked for before it is read (W47)', async () => {
    const body = new FakeStreamedBody()
    let wanted = 0
    body.onWanted = () => wanted++
    const input = inputOf(body)
    await Promise.resolve()
    expect(wanted).toBe(0)
    const reading = input.read()
    expect(wanted).toBe(1)
    body.arrive('hel')
    await Promise.resolve()
    body.arrive('lo')
    body.finish()
    expect(String(await reading)).toBe('hello')
  })

  test('may arrive in the very moment that it is asked for', async () => {
    const body = new FakeStreamedBody()
    body.onWanted = () => {
      body.arrive('at once')
      body.finish()
    }
    expect(String(await inputOf(body).read())).toBe('at once')
  })

  test('gives a line as soon as it is there', async () => {
    const body = new FakeStreamedBody()
    const input = inputOf(body)
    const line = input.readline()
    body.arrive('one\ntw')
    expect(String(await line)).toBe('one\n')
  })

  test('that nobody waits for any more makes no rejection that nobody handles', async () => {
    const body = new FakeStreamedBody()
    const input = inputOf(body)
    body.arrive('all')
    body.finish()
    expect(String(await input.read())).toBe('all')
    // Vitest fails the run for a rejection that nobody handles.
    input.close()
    await new Promise((resolve) => setImmediate(resolve))
  })

  test('ends for who waits when its request is over, and for who reads later', async () => {
    const input = inputOf(new FakeStreamedBody())
    const reading = input.read()
    input.close()
    await expect(reading).rejects.toBeInstanceOf(RequestCancelled)
    await expect(input.read()).rejects.toBeInstanceOf(RequestCancelled)
  })
})
