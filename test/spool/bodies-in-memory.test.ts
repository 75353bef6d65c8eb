// Request bodies over 64 KiB that are in memory, within what all of them may have there (--body-memory-bytes).

import { expect, test } from 'vitest'
import { forgetSpareMemory, haveRead } from '../../src/io/body-memory.ts'
import { IncomingBody } from '../../src/spool/incoming-body.ts'
import type { RequestBody } from '../../src/wsgi/exchange.ts'
import { STORAGE_KINDS, TestSpool, numberedBytes, readPlace } from '../harness/spools.ts'

const KIB = 1024
const MIB = 1024 * KIB
const PLENTY = 2 ** 40

const spoolWith = (memoryBytes: number): TestSpool => new TestSpool(STORAGE_KINDS[0]!, PLENTY, memoryBytes)

/** Lends `data` to a body, piece by piece in the same few bytes, as they are read from a socket. */
async function lend(body: IncomingBody, data: Buffer, pieceBytes = 50_000): Promise<RequestBody | undefined> {
  const shared = Buffer.alloc(pieceBytes)
  for (let at = 0; at < data.length; at += pieceBytes) {
    const drained = new Promise<void>((resolve) => (body.onDrain = resolve))
    const length = data.copy(shared, 0, at)
    if (!body.take(shared.subarray(0, length), true)) await drained
    shared.fill('-')
  }
  return await body.finish()
}

test.each([
  ['small', 10_000, 10_000, 64 * KIB],
  ['larger than a frame of old', 100_000, 100_000, 128 * KIB],
  ['as large as one may be', MIB, MIB, MIB],
  ['of unknown length', 300_000, -1, 512 * KIB],
])('a body that is %s lies in memory until it is given back', async (_, bytes, expected, held) => {
  using spool = spoolWith(MIB)
  const data = numberedBytes(bytes)
  const body = new IncomingBody(spool.directory, expected)
  const complete = await lend(body, data)
  expect(complete).toBeInstanceOf(Uint8Array)
  expect(data.equals(complete as Uint8Array)).toBe(true)
  expect(spool.directory.memory.heldBytes).toBe(held)
  expect(spool.directory.heldBytes).toBe(0)
  body.discard()
  body.discard()
  expect(spool.directory.memory.heldBytes).toBe(0)
})

test.each([
  ['declared larger than one may be', MIB + 1],
  ['that grows larger than one may be', -1],
])('a body %s goes to a file, whole', async (_, expected) => {
  using spool = spoolWith(4 * MIB)
  const data = numberedBytes(MIB + 1)
  const body = new IncomingBody(spool.directory, expected)
  const complete = await lend(body, data)
  expect(complete).toMatchObject({ size: data.length })
  expect(readPlace((complete as { readonly path: string }).path).equals(data)).toBe(true)
  expect(spool.directory.memory.heldBytes).toBe(0)
  body.discard()
  await spool.untilUnused()
})

test('where others have the memory, a body goes on in a file, and leaves its own part to others when it is written', async () => {
  using spool = spoolWith(256 * KIB)
  const { memory } = spool.directory
  expect(memory.take(128 * KIB)).toBe(true)
  const data = numberedBytes(500_000)
  const body = new IncomingBody(spool.directory, data.length)
  const complete = await lend(body, data)
  expect(complete).toMatchObject({ size: data.length })
  expect(readPlace((complete as { readonly path: string }).path).equals(data)).toBe(true)
  expect(memory.heldBytes).toBe(128 * KIB)
  body.discard()
  await spool.untilUnused()
})

test('a body that is given up while its beginning is on its way to the disk leaves nothing', async () => {
  using spool = spoolWith(128 * KIB)
  const body = new IncomingBody(spool.directory, 500_000)
  body.take(Buffer.alloc(100_000), true)
  body.take(Buffer.alloc(100_000), true)
  body.discard()
  expect(spool.directory.memory.heldBytes).toBe(0)
  await spool.untilUnused()
})

test('thousands who declare much and send little take nothing of it', () => {
  using spool = spoolWith(MIB)
  const bodies = Array.from({ length: 5000 }, () => new IncomingBody(spool.directory, MIB))
  for (const body of bodies) for (let i = 0; i < 10; i++) body.take(Buffer.alloc(100), true)
  expect(spool.directory.memory.heldBytes).toBe(0)
  for (const body of bodies) body.discard()
})

test('what is there already counts as sent, what is only declared does not', () => {
  using spool = spoolWith(MIB)
  for (const [behindBytes, held] of [
    [3000, 0],
    [8000, 64 * KIB],
  ] as const) {
    const body = new IncomingBody(spool.directory, 100_000)
    body.take(Buffer.alloc(1000), true, behindBytes)
    expect(spool.directory.memory.heldBytes).toBe(held)
    body.discard()
  }
})

test('thousands who send slowly take no more than there is, and their bodies are whole', async () => {
  using spool = spoolWith(MIB)
  const data = numberedBytes(70_000)
  const bodies = Array.from({ length: 200 }, () => new IncomingBody(spool.directory, data.length))
  for (let at = 0; at < data.length; at += 7000) {
    for (const body of bodies) {
      const drained = new Promise<void>((resolve) => (body.onDrain = resolve))
      if (!body.take(data.subarray(at, at + 7000), true)) await drained
      expect(spool.directory.memory.heldBytes).toBeLessThanOrEqual(MIB)
    }
  }
  for (const body of bodies) {
    const complete = await body.finish()
    const bytes =
      complete instanceof Uint8Array ? complete : readPlace((complete as { readonly path: string }).path)
    expect(data.equals(bytes)).toBe(true)
    body.discard()
  }
  expect(spool.directory.memory.heldBytes).toBe(0)
  await spool.untilUnused()
})

test('memory serves another body only when the reader of the last one has said that it is done', async () => {
  using spool = spoolWith(4 * MIB)
  forgetSpareMemory()
  const memoryOf = async (isRead: boolean): Promise<ArrayBufferLike> => {
    const body = new IncomingBody(spool.directory, 100_000)
    const complete = (await lend(body, numberedBytes(100_000))) as Uint8Array
    if (isRead) haveRead(complete)
    body.discard()
    return complete.buffer
  }
  const unread = await memoryOf(false)
  const first = await memoryOf(true)
  expect(first === unread).toBe(false)
  const second = await memoryOf(true)
  expect(second === first).toBe(true)
})
