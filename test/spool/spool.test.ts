import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SpoolDirectory } from '../../src/spool/spool.ts'
import type { SpoolFile } from '../../src/spool/spool-file.ts'
import { NamedFiles } from '../../src/spool/spool-storage.ts'
import { DEADLINE_MS, STORAGE_KINDS, TestSpool, numberedBytes, readPlace } from '../harness/spools.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const written = (file: SpoolFile): Promise<void> =>
  until(
    () => file.isWritten && !file.isWriting,
    DEADLINE_MS,
    () => `${file.writtenBytes} of ${file.size} bytes are written`,
  )

const published = (file: SpoolFile): Promise<string> =>
  new Promise((resolve, reject) => {
    file.publish((error, place) => {
      if (error === null) resolve(place)
      else reject(error)
    })
  })

async function fileOf(spool: TestSpool, content: Uint8Array): Promise<SpoolFile> {
  const file = spool.directory.createFile('body')
  expect(file.append(content)).toBe(true)
  await written(file)
  return file
}

describe.each(STORAGE_KINDS)('SpoolFile, %s', (kind) => {
  test('holds what was appended, in order, for whoever is told its place', async () => {
    using spool = new TestSpool(kind)
    const content = numberedBytes(3_000_001)
    const file = spool.directory.createFile('body')
    for (let at = 0; at < content.length; at += 70_001) file.append(content.subarray(at, at + 70_001))
    await written(file)
    expect(readPlace(await published(file)).equals(content)).toBe(true)
    expect(file.writtenBytes).toBe(content.length)
    file.discard()
    await spool.untilUnused()
  })

  test('takes thousands of tiny pieces, but soon asks to wait', async () => {
    using spool = new TestSpool(kind)
    const content = numberedBytes(5_000)
    const file = spool.directory.createFile('body')
    for (const byte of content) file.append(Uint8Array.of(byte))
    expect(file.isBehind).toBe(true)
    await written(file)
    expect(file.isBehind).toBe(false)
    expect(readPlace(await published(file)).equals(content)).toBe(true)
    file.discard()
  })

  test('keeps no more than 256 KiB waiting for the disk, if its owner heeds isBehind', () => {
    using spool = new TestSpool(kind)
    const file = spool.directory.createFile('answer')
    const piece = new Uint8Array(65_536)
    while (!file.isBehind) file.append(piece)
    expect(file.size).toBe(262_144)
    file.discard()
  })

  test('is private to its user', async () => {
    using spool = new TestSpool(kind)
    const file = await fileOf(spool, numberedBytes(10))
    const [path] = (await published(file)).split('\0')
    expect((statSync(path!).mode & 0o777).toString(8)).toBe('600')
    file.discard()
  })

  test('makes nothing before there is something to write', async () => {
    using spool = new TestSpool(kind)
    const file = spool.directory.createFile('body')
    const other = await fileOf(spool, numberedBytes(1))
    const filesOfOne = kind === 'named' ? 2 : 1 // its name and its descriptor
    expect(spool.files()).toHaveLength(filesOfOne)
    for (const each of [file, other]) each.discard()
    await spool.untilUnused()
  })

  test('leaves nothing when it is discarded, whatever it is doing, and as often as it is', async () => {
    using spool = new TestSpool(kind)
    const never = (): never => expect.unreachable('a discarded file answered')
    const opening = spool.directory.createFile('body')
    const [writing, reading, publishing] = await Promise.all(
      [1, 2, 3].map(() => fileOf(spool, numberedBytes(100_000))),
    )
    opening.append(numberedBytes(10))
    writing!.append(numberedBytes(1_000_000))
    reading!.read(0, never)
    publishing!.publish(never)
    for (const file of [opening, writing!, reading!, publishing!]) {
      file.onWritten = never
      file.onError = never
      file.discard()
      file.discard()
    }
    await spool.untilUnused()
  })

  test('is counted while it is there, and not by what was only announced', async () => {
    using spool = new TestSpool(kind)
    const file = spool.directory.createFile('body')
    expect(spool.directory.heldBytes).toBe(0)
    file.append(numberedBytes(1000))
    expect(spool.directory.heldBytes).toBe(1000)
    await written(file)
    expect(spool.directory.heldBytes).toBe(1000)
    file.discard()
    await spool.untilUnused()
  })

  test('refuses what the quota has no room for, takes nothing of it, and goes on when others have left', async () => {
    using spool = new TestSpool(kind, 1000)
    const [first, second] = [spool.directory.createFile('body'), spool.directory.createFile('body')]
    expect(first.append(numberedBytes(600))).toBe(true)
    expect(second.append(numberedBytes(401))).toBe(false)
    expect(second.append(numberedBytes(400))).toBe(true)
    first.discard()
    await until(
      () => spool.directory.heldBytes === 400,
      DEADLINE_MS,
      () => 'the quota was not freed',
    )
    expect(second.append(numberedBytes(600))).toBe(true)
    expect(second.append(numberedBytes(1))).toBe(false)
    await written(second)
    expect(second.size).toBe(1000)
    second.discard()
  })

  test('gets half of the quota for answers, all of it for bodies', () => {
    using spool = new TestSpool(kind, 1001)
    const [answer, other] = [spool.directory.createFile('answer'), spool.directory.createFile('answer')]
    expect(answer.append(numberedBytes(300))).toBe(true)
    expect(other.append(numberedBytes(201))).toBe(false)
    expect(other.append(numberedBytes(200))).toBe(true)
    const body = spool.directory.createFile('body')
    expect(body.append(numberedBytes(501))).toBe(true)
    expect(body.append(numberedBytes(1))).toBe(false)
    for (const file of [answer, other, body]) file.discard()
  })

  test('frees what it gives back before it is written', async () => {
    using spool = new TestSpool(kind)
    const file = await fileOf(spool, numberedBytes(100))
    file.append(numberedBytes(1))
    await written(file)
    expect(file.takeUnwritten()).toEqual([])
    expect(spool.directory.heldBytes).toBe(101)
    file.discard()
    await spool.untilUnused()
  })
})

describe('SpoolDirectory', () => {
  test('needs no directory of its own where files have no names', () => {
    using parent = new TemporaryDirectory()
    const spool = new SpoolDirectory(parent.path, 1000)
    expect(readdirSync(parent.path)).toHaveLength(STORAGE_KINDS.includes('unnamed') ? 0 : 1)
    expect(spool.privateDirectories).toHaveLength(readdirSync(parent.path).length)
    spool.remove()
    expect(readdirSync(parent.path)).toEqual([])
  })

  test('keeps files with names in a private directory, which goes with all that is left in it', async () => {
    using spool = new TestSpool('named')
    await fileOf(spool, numberedBytes(10))
    const [directory] = spool.directory.privateDirectories
    expect((statSync(directory!).mode & 0o777).toString(8)).toBe('700')
    spool.directory.remove()
    expect(readdirSync(spool.path)).toEqual([])
  })

  test('says at once when nothing can be written to its place', () => {
    using parent = new TemporaryDirectory()
    expect(() => new SpoolDirectory(parent.join('missing'), 1000)).toThrow('ENOENT')
  })

  test('tells a full disk and a full disk quota (507) from other errors (503)', () => {
    using spool = new TestSpool('named')
    const errorFrom = (errno: number | undefined): unknown =>
      spool.directory.errorFrom(Object.assign(new Error('the cause'), { errno }))
    for (const errno of [constants.errno.ENOSPC, constants.errno.EDQUOT]) {
      expect(errorFrom(-errno)).toMatchObject({ code: 'GANTRY_SPOOL_FULL', status: 507 })
    }
    for (const errno of [-constants.errno.EIO, undefined]) {
      expect(errorFrom(errno)).toMatchObject({ code: 'GANTRY_SPOOL_FAILED', status: 503 })
      expect(errorFrom(errno)).toHaveProperty('message', expect.stringContaining('the cause'))
    }
    expect(spool.directory.quotaError()).toMatchObject({
      code: 'GANTRY_SPOOL_QUOTA',
      status: 503,
      hint: expect.stringContaining('--spool-bytes') as string,
    })
  })
})

describe('NamedFiles', () => {
  test.each(['file', 'directory'])('never writes to a %s that is there already', async (kind) => {
    using parent = new TemporaryDirectory()
    const storage = new NamedFiles(parent.path)
    const path = join(storage.directory, '1')
    if (kind === 'file') writeFileSync(path, 'another')
    else mkdirSync(path)
    const error = await new Promise<Error | null>((resolve) => storage.open(resolve))
    expect(error).toMatchObject({ code: 'EEXIST' })
    storage.removeAll()
  })
})

describe.runIf(STORAGE_KINDS.includes('unnamed'))('UnnamedFiles', () => {
  test('are marked, so that a worker that comes late never takes the next file at a descriptor for its own', async () => {
    using spool = new TestSpool('unnamed')
    const places: string[] = []
    for (let i = 0; i < 3; i++) {
      const file = await fileOf(spool, numberedBytes(10))
      const place = await published(file)
      const [path, mark] = place.split('\0')
      const { mtimeMs, nlink } = statSync(path!)
      expect([mtimeMs, nlink]).toEqual([Number(mark) * 1000, 0])
      places.push(place)
      file.discard()
      await spool.untilUnused()
    }
    const marks = places.map((place) => place.split('\0')[1])
    expect(new Set(marks).size).toBe(3)
    // Without marks these would be one and the same.
    expect(new Set(places.map((place) => place.split('\0')[0])).size).toBeLessThan(3)
  })
})
