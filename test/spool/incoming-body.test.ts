import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { GantryError } from '../../src/errors.ts'
import { INLINE_BODY_BYTES, IncomingBody } from '../../src/spool/incoming-body.ts'
import type { RequestBody } from '../../src/wsgi/exchange.ts'
import { DEADLINE_MS, STORAGE_KINDS, TestSpool, numberedBytes, readPlace } from '../harness/spools.ts'
import { until } from '../harness/until.ts'

/** Gives `pieces` to a body, waiting where it asks for that. */
async function give(body: IncomingBody, pieces: readonly Uint8Array[]): Promise<RequestBody | undefined> {
  for (const piece of pieces) {
    const drained = new Promise<void>((resolve) => (body.onDrain = resolve))
    if (!body.take(piece)) await drained
  }
  return await body.finish()
}

function bytesOf(body: RequestBody | undefined): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body)
  if (body !== undefined && 'path' in body) return readPlace(body.path)
  throw new Error('the body could not be kept')
}

/** Collects the errors that `body` reports. */
function errorsOf(body: IncomingBody): GantryError[] {
  const errors: GantryError[] = []
  body.onError = (error) => errors.push(error)
  return errors
}

const untilFailed = (errors: readonly GantryError[]): Promise<void> =>
  until(
    () => errors.length > 0,
    DEADLINE_MS,
    () => 'no error',
  )

describe('IncomingBody, in memory', () => {
  test('keeps up to 64 KiB, of declared length or not, in pieces of any size', async () => {
    using spool = new TestSpool('named')
    const data = numberedBytes(INLINE_BODY_BYTES)
    for (const expectedBytes of [data.length, -1]) {
      for (const pieceBytes of [data.length, 30_001, 1000, 1]) {
        const pieces: Uint8Array[] = []
        for (let at = 0; at < data.length; at += pieceBytes) pieces.push(data.subarray(at, at + pieceBytes))
        const body = await give(new IncomingBody(spool.directory, expectedBytes), pieces)
        expect(body).toBeInstanceOf(Uint8Array)
        expect(bytesOf(body).equals(data)).toBe(true)
      }
    }
    expect(spool.files()).toEqual([])
  })

  test('is empty if nothing comes, as in chunks', async () => {
    using spool = new TestSpool('named')
    expect(bytesOf(await give(new IncomingBody(spool.directory, -1), [])).length).toBe(0)
  })

  test('hands on a body of one piece without copying it', async () => {
    using spool = new TestSpool('named')
    const piece = Buffer.from('hello')
    const body = await give(new IncomingBody(spool.directory, 5), [piece])
    expect(body).toMatchObject({ buffer: piece.buffer, byteOffset: piece.byteOffset, byteLength: 5 })
  })

  test('does not hold on to the pieces it was given: a small one may keep much else in memory', () => {
    using spool = new TestSpool('named')
    const slab = Buffer.allocUnsafeSlow(2)
    const body = new IncomingBody(spool.directory, 2)
    body.take(slab.subarray(0, 1))
    body.take(slab.subarray(1, 2))
    expect((body.finish() as Uint8Array).buffer).not.toBe(slab.buffer)
  })

  test('counts what it took', () => {
    using spool = new TestSpool('named')
    const body = new IncomingBody(spool.directory, -1)
    body.take(Buffer.alloc(10))
    body.take(Buffer.alloc(5))
    expect(body.size).toBe(15)
  })
})

describe.each(STORAGE_KINDS)('IncomingBody, in files that are %s', (kind) => {
  test('keeps a body that is declared one byte larger', async () => {
    using spool = new TestSpool(kind)
    const data = numberedBytes(INLINE_BODY_BYTES + 1)
    const body = new IncomingBody(spool.directory, data.length)
    const complete = await give(body, [data])
    expect(complete).toMatchObject({ size: data.length })
    expect(bytesOf(complete).equals(data)).toBe(true)
    body.discard()
    await spool.untilUnused()
  })

  test('keeps a body without a length once it is larger, from its first byte, until it is discarded', async () => {
    using spool = new TestSpool(kind)
    const data = numberedBytes(1_000_000)
    const pieces = Array.from({ length: 100 }, (_, i) => data.subarray(i * 10_000, (i + 1) * 10_000))
    const body = new IncomingBody(spool.directory, -1)
    const complete = await give(body, pieces)
    expect(complete).toMatchObject({ size: data.length })
    expect(bytesOf(complete).equals(data)).toBe(true)
    expect(spool.directory.heldBytes).toBe(data.length)
    body.discard()
    body.discard()
    await spool.untilUnused()
  })

  test('asks to wait while more waits for the disk than is good', async () => {
    using spool = new TestSpool(kind)
    const body = new IncomingBody(spool.directory, 2_000_000)
    const drained = new Promise<void>((resolve) => (body.onDrain = resolve))
    expect(body.take(Buffer.alloc(10))).toBe(true)
    expect(body.take(Buffer.alloc(1_000_000))).toBe(false)
    await drained
    body.discard()
    await spool.untilUnused()
  })

  test('costs nothing while a client only declares it', () => {
    using spool = new TestSpool(kind, 1000)
    for (let i = 0; i < 100; i++) new IncomingBody(spool.directory, 2 ** 30)
    expect([spool.files(), spool.directory.heldBytes]).toEqual([[], 0])
  })

  test('leaves nothing when it is given up, whenever that is', async () => {
    using spool = new TestSpool(kind)
    for (const turns of [0, 1, 2, 3, 5, 8, 20]) {
      const body = new IncomingBody(spool.directory, 300_000)
      const errors = errorsOf(body)
      body.take(Buffer.alloc(300_000))
      const finished = body.finish()
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
      body.discard()
      await finished
      expect(errors).toEqual([])
    }
    await spool.untilUnused()
  })

  test('resolves to nothing if it is given up while it is finished', async () => {
    using spool = new TestSpool(kind)
    const body = new IncomingBody(spool.directory, 100_000)
    body.take(Buffer.alloc(100_000))
    const finished = body.finish()
    body.discard()
    expect(await finished).toBeUndefined()
    expect(await body.finish()).toBeUndefined()
  })

  test('reports, once and not from within `take`, that the quota has no room (--spool-bytes)', async () => {
    using spool = new TestSpool(kind, 100_000)
    const body = new IncomingBody(spool.directory, 200_000)
    const errors = errorsOf(body)
    expect(body.take(Buffer.alloc(90_000))).toBe(true)
    expect(body.take(Buffer.alloc(10_001))).toBe(false)
    expect(body.take(Buffer.alloc(1))).toBe(false)
    expect(errors).toEqual([])
    expect(await body.finish()).toBeUndefined()
    expect(errors).toEqual([expect.objectContaining({ code: 'GANTRY_SPOOL_QUOTA', status: 503 })])
    await spool.untilUnused()
    body.discard()
    expect(spool.directory.heldBytes).toBe(0)
  })

  test('reports no error to a client that has left', async () => {
    using spool = new TestSpool(kind, 100_000)
    const body = new IncomingBody(spool.directory, 200_000)
    const errors = errorsOf(body)
    body.take(Buffer.alloc(100_001))
    body.discard()
    await spool.untilUnused()
    expect(errors).toEqual([])
  })

  test('leaves the room of a body that did not fit to others', async () => {
    using spool = new TestSpool(kind, 100_000)
    const first = new IncomingBody(spool.directory, 200_000)
    const errors = errorsOf(first)
    first.take(Buffer.alloc(90_000))
    first.take(Buffer.alloc(90_000))
    await untilFailed(errors)
    await spool.untilUnused()
    const second = new IncomingBody(spool.directory, 100_000)
    expect(await give(second, [numberedBytes(100_000)])).toMatchObject({ size: 100_000 })
    second.discard()
    await spool.untilUnused()
  })
})

describe('IncomingBody, on a disk that fails', () => {
  test('reports it once, and before `finish` resolves to nothing', async () => {
    using spool = new TestSpool('named')
    rmSync(spool.directory.privateDirectories[0]!, { recursive: true })
    const body = new IncomingBody(spool.directory, 100_000)
    const errors = errorsOf(body)
    body.take(Buffer.alloc(100_000))
    expect(await body.finish()).toBeUndefined()
    expect(errors).toEqual([expect.objectContaining({ code: 'GANTRY_SPOOL_FAILED', status: 503 })])
    expect(errors[0]!.cause).toMatchObject({ code: 'ENOENT' })
    await spool.untilUnused()
  })

  test('reports it although nobody has asked for the body yet', async () => {
    using spool = new TestSpool('named')
    rmSync(spool.directory.privateDirectories[0]!, { recursive: true })
    const body = new IncomingBody(spool.directory, 100_000)
    const errors = errorsOf(body)
    body.take(Buffer.alloc(10_000))
    await untilFailed(errors)
    expect(body.take(Buffer.alloc(10))).toBe(false)
    expect(await body.finish()).toBeUndefined()
    expect(errors).toHaveLength(1)
  })
})
