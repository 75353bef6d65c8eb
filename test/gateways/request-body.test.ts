import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { INLINE_BODY_BYTES, IncomingBody } from '../../src/gateways/request-body.ts'
import { SpoolDirectory } from '../../src/gateways/spool.ts'
import type { RequestBody } from '../../src/wsgi/exchange.ts'
import { until } from '../harness/until.ts'

let parent: string
let spool: SpoolDirectory

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'gantry-test-'))
  spool = new SpoolDirectory(parent)
})
afterEach(() => {
  spool.remove()
  rmSync(parent, { recursive: true, force: true })
})

const spooledFiles = (): string[] => readdirSync(join(parent, readdirSync(parent)[0]!))

/** Gives `pieces` to a body, waiting where it asks for that. */
async function collect(
  pieces: readonly Uint8Array[],
  expectedBytes: number,
): Promise<RequestBody | undefined> {
  const body = new IncomingBody(spool, expectedBytes)
  for (const piece of pieces) {
    const drained = new Promise<void>((resolve) => (body.onDrain = resolve))
    if (!body.take(piece)) await drained
  }
  return await body.finish()
}

function bytesOf(body: RequestBody | undefined): Buffer {
  if (body === undefined) throw new Error('the body could not be kept')
  return 'path' in body ? readFileSync(body.path) : Buffer.from(body)
}

/** Bytes that tell their place, so that a piece in the wrong order shows. */
const numbered = (count: number): Buffer =>
  Buffer.from(Uint32Array.from({ length: count / 4 }, (_, i) => i).buffer)

describe('IncomingBody', () => {
  test('keeps bodies up to 64 KiB in memory, of declared length or not', async () => {
    const data = numbered(INLINE_BODY_BYTES)
    for (const expectedBytes of [data.length, -1]) {
      const body = await collect([data.subarray(0, 1000), data.subarray(1000)], expectedBytes)
      expect(body).toBeInstanceOf(Uint8Array)
      expect(bytesOf(body).equals(data)).toBe(true)
    }
    expect(spooledFiles()).toEqual([])
  })

  test('is empty if nothing comes, as in chunks', async () => {
    expect(bytesOf(await collect([], -1)).length).toBe(0)
  })

  test('hands on a body of one piece without copying it', async () => {
    const piece = Buffer.from('hello')
    expect(await collect([piece], 5)).toBe(piece)
  })

  test('spools a body that is declared one byte larger', async () => {
    const data = Buffer.concat([numbered(INLINE_BODY_BYTES), Buffer.from('x')])
    const body = await collect([data], data.length)
    expect(body).toMatchObject({ size: data.length })
    expect(bytesOf(body).equals(data)).toBe(true)
  })

  test('spools a body without a length once it is larger, from its first byte', async () => {
    const data = numbered(1_000_000)
    const pieces = Array.from({ length: 100 }, (_, i) => data.subarray(i * 10_000, (i + 1) * 10_000))
    const body = await collect(pieces, -1)
    expect(body).toMatchObject({ size: data.length })
    expect(bytesOf(body).equals(data)).toBe(true)
    expect(spooledFiles()).toHaveLength(1)
  })

  test('counts what it took', () => {
    const body = new IncomingBody(spool, -1)
    body.take(Buffer.alloc(10))
    body.take(Buffer.alloc(5))
    expect(body.size).toBe(15)
  })

  test('leaves no file when it is given up', async () => {
    const body = new IncomingBody(spool, 100_000)
    body.take(Buffer.alloc(50_000))
    await until(
      () => spooledFiles().length === 1,
      5_000,
      () => 'no file',
    )
    body.discard()
    await until(
      () => spooledFiles().length === 0,
      5_000,
      () => spooledFiles().join(),
    )
  })

  test('reports, once, that it cannot be kept', async () => {
    spool.remove()
    const body = new IncomingBody(spool, 100_000)
    const errors: Error[] = []
    body.onError = (error) => errors.push(error)
    body.take(Buffer.alloc(10))
    await until(
      () => errors.length > 0,
      5_000,
      () => 'no error',
    )
    expect(errors).toEqual([expect.objectContaining({ code: 'ENOENT' })])
  })

  test('resolves to nothing if the disk fails while it is finished', async () => {
    spool.remove()
    const body = new IncomingBody(spool, 100_000)
    body.take(Buffer.alloc(10))
    expect(await body.finish()).toBeUndefined()
  })
})
