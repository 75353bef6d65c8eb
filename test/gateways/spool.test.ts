import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SpoolDirectory, removeSpoolFile } from '../../src/gateways/spool.ts'
import type { SpoolFile } from '../../src/gateways/spool.ts'
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

const directory = (): string => join(parent, readdirSync(parent)[0]!)
const files = (): string[] => readdirSync(directory())
const untilEmpty = (): Promise<void> =>
  until(
    () => files().length === 0,
    5_000,
    () => `left: ${files().join()}`,
  )

function drained(file: SpoolFile): Promise<void> {
  return new Promise((resolve) => {
    file.onDrain = resolve
  })
}

describe('SpoolDirectory', () => {
  test('is private, and so are its files', async () => {
    const file = spool.create()
    file.write(Buffer.from('secret'))
    await file.finish()
    expect((statSync(directory()).mode & 0o777).toString(8)).toBe('700')
    expect((statSync(file.path).mode & 0o777).toString(8)).toBe('600')
  })

  test('gives each body a file of its own', async () => {
    const all = [spool.create(), spool.create(), spool.create()]
    for (const [i, file] of all.entries()) file.write(Buffer.from(String(i)))
    await Promise.all(all.map((file) => file.finish()))
    expect(all.map((file) => readFileSync(file.path, 'utf8'))).toEqual(['0', '1', '2'])
  })

  test('is gone when it is removed, with whatever is left in it', async () => {
    const file = spool.create()
    file.write(Buffer.from('x'))
    await file.finish()
    spool.remove()
    expect(readdirSync(parent)).toEqual([])
  })

  test('says at once when it cannot be made', () => {
    expect(() => new SpoolDirectory(join(parent, 'missing'))).toThrow('ENOENT')
  })
})

describe('SpoolFile', () => {
  test('holds every byte once finish has resolved to true', async () => {
    const file = spool.create()
    const piece = Buffer.alloc(100_000, 'x')
    for (let i = 0; i < 20; i++) if (!file.write(piece)) await drained(file)
    expect(await file.finish()).toBe(true)
    expect([file.size, statSync(file.path).size]).toEqual([2_000_000, 2_000_000])
  })

  test('asks to wait when more waits for the disk than is good, and says when it may go on', async () => {
    const file = spool.create()
    const isDrained = drained(file)
    expect(file.write(Buffer.alloc(10))).toBe(true)
    expect(file.write(Buffer.alloc(1_000_000))).toBe(false)
    await isDrained
    await file.finish()
  })

  test('is removed when it is discarded, whenever that is', async () => {
    spool.create().discard()
    const begun = spool.create()
    begun.write(Buffer.alloc(1_000_000))
    begun.discard()
    const opened = spool.create()
    opened.write(Buffer.from('x'))
    await until(
      () => files().length > 0,
      5_000,
      () => 'no file',
    )
    opened.discard()
    const finished = spool.create()
    finished.write(Buffer.from('x'))
    await finished.finish()
    finished.discard()
    // Only when a later file has come and gone is it sure that none of these comes late.
    const last = spool.create()
    await last.finish()
    last.discard()
    await untilEmpty()
  })

  test('says what went wrong, once, when it cannot be written', async () => {
    mkdirSync(join(directory(), '1'))
    const file = spool.create()
    const errors: string[] = []
    file.onError = (error) => errors.push(error.message)
    file.write(Buffer.from('x'))
    await until(
      () => errors.length > 0,
      5_000,
      () => 'no error',
    )
    expect(errors).toEqual([expect.stringContaining('EEXIST')])
  })

  test('is not written to if it is there already', async () => {
    const path = join(directory(), '1')
    writeFileSync(path, 'another')
    const file = spool.create()
    file.onError = () => undefined
    file.write(Buffer.from('x'))
    expect([file.path, await file.finish()]).toEqual([path, false])
  })

  test('says that it is not written, also when the error came long before', async () => {
    mkdirSync(join(directory(), '1'))
    const file = spool.create()
    await new Promise((resolve) => {
      file.onError = resolve
    })
    expect(await file.finish()).toBe(false)
    expect(await file.finish()).toBe(false)
  })

  test('may be gone already when it is to be removed', async () => {
    const file = spool.create()
    await file.finish()
    removeSpoolFile(file.path)
    await untilEmpty()
    removeSpoolFile(file.path)
    spool.remove()
  })
})
