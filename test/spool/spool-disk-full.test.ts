// A disk that is full: a file system of one mebibyte where it may be mounted, a device that is always full otherwise.

import { execFileSync } from 'node:child_process'
import { close, existsSync, open, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { GantryError } from '../../src/errors.ts'
import { AnswerBacklog } from '../../src/gateways/answer-backlog.ts'
import { IncomingBody } from '../../src/spool/incoming-body.ts'
import { SpoolDirectory } from '../../src/spool/spool.ts'
import type { SpoolStorage } from '../../src/spool/spool-storage.ts'
import { openFilesIn } from '../harness/open-files.ts'
import { DEADLINE_MS, numberedBytes } from '../harness/spools.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'

const PLENTY = 2 ** 30
const DISK_BYTES = 1_048_576
const DEVICE = '/dev/full'

/** A file system of one mebibyte. Throws where this user may not mount one. */
class SmallDisk implements Disposable {
  readonly #directory = new TemporaryDirectory()

  constructor() {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'gantry-test', this.path], {
        stdio: 'pipe',
      })
    } catch (error) {
      this.#directory[Symbol.dispose]()
      throw error
    }
  }

  get path(): string {
    return this.#directory.path
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['--lazy', this.path])
    this.#directory[Symbol.dispose]()
  }
}

function canMount(): boolean {
  try {
    using disk = new SmallDisk()
    return existsSync(disk.path)
  } catch {
    return false
  }
}

/** The backlog of a client that takes nothing before `start`, and then everything. */
function backlogIn(spool: SpoolDirectory): {
  readonly backlog: AnswerBacklog
  readonly received: Uint8Array[]
  readonly said: string[]
} {
  const received: Uint8Array[] = []
  const said: string[] = []
  const backlog = new AnswerBacklog(spool, PLENTY, {
    write: (block) => received.push(block) > 0,
    emptied: () => said.push('emptied'),
    hasRoom: () => said.push('has room'),
    failed: (error) => said.push(error.code),
  })
  return { backlog, received, said }
}

const isTrue = (check: () => boolean, otherwise: string): Promise<void> =>
  until(check, DEADLINE_MS, () => otherwise)

describe.runIf(canMount())('a disk without room', () => {
  test('a request body is reported as GANTRY_SPOOL_FULL (507), and what it took is free again', async () => {
    using disk = new SmallDisk()
    const spool = new SpoolDirectory(disk.path, PLENTY)
    const body = new IncomingBody(spool, 2 * DISK_BYTES)
    const errors: GantryError[] = []
    body.onError = (error) => errors.push(error)
    body.take(numberedBytes(2 * DISK_BYTES))
    await isTrue(() => errors.length > 0, 'no error')
    expect(errors).toEqual([expect.objectContaining({ code: 'GANTRY_SPOOL_FULL', status: 507 })])
    await isTrue(() => spool.heldBytes === 0 && openFilesIn(disk.path).length === 0, 'a file is left')
    const next = new IncomingBody(spool, DISK_BYTES / 2)
    next.take(numberedBytes(DISK_BYTES / 2))
    expect(await next.finish()).toMatchObject({ size: DISK_BYTES / 2 })
    next.discard()
    await isTrue(() => openFilesIn(disk.path).length === 0, 'a file is left')
  })

  test('an answer loses nothing, and is slowed down until its client has taken some', async () => {
    using disk = new SmallDisk()
    const spool = new SpoolDirectory(disk.path, PLENTY)
    const { backlog, received, said } = backlogIn(spool)
    const data = numberedBytes(3 * DISK_BYTES)
    for (let at = 0; at < data.length; at += 65_536) {
      const roomSaid = said.length
      if (backlog.push(data.subarray(at, at + 65_536))) continue
      // The disk may just be slow, and have room all the same.
      for (let i = 0; i < 1000 && said.length === roomSaid; i++)
        await new Promise((resolve) => setImmediate(resolve))
      if (said.length === roomSaid) backlog.resume()
      await isTrue(() => said.length > roomSaid, 'no room')
      expect(spool.heldBytes).toBeLessThanOrEqual(DISK_BYTES + 262_144)
    }
    backlog.resume()
    await isTrue(() => backlog.isEmpty, 'not emptied')
    expect(Buffer.concat(received).equals(data)).toBe(true)
    expect(said).not.toContain('GANTRY_SPOOL_FULL')
    await isTrue(() => spool.heldBytes === 0 && openFilesIn(disk.path).length === 0, 'a file is left')
  })

  test('an answer whose disk another has filled goes on through memory', async () => {
    using disk = new SmallDisk()
    const spool = new SpoolDirectory(disk.path, PLENTY)
    writeFileSync(`${disk.path}/other`, '')
    try {
      writeFileSync(`${disk.path}/other`, Buffer.alloc(2 * DISK_BYTES))
    } catch {
      // as full as it can be
    }
    const { backlog, received, said } = backlogIn(spool)
    backlog.push(Buffer.from('one'))
    await isTrue(() => spool.heldBytes === 0, 'it seems to be written')
    expect(backlog.push(Buffer.from('two'))).toBe(false)
    backlog.resume()
    expect([Buffer.concat(received).toString(), said]).toEqual(['onetwo', ['emptied', 'has room']])
  })
})

/** Its files can be opened, but nothing fits into them. */
const fullStorage: SpoolStorage = {
  directory: undefined,
  open: (then) => {
    open(DEVICE, 'r+', (error, descriptor) => {
      if (error === null) then(null, { descriptor, path: DEVICE })
      else then(error)
    })
  },
  publish: (file, then) => then(null, file.path),
  remove: (file, then) => close(file.descriptor, then),
  removeAll: () => undefined,
}

describe.runIf(existsSync(DEVICE))('a device that is always full', () => {
  test('gives bodies GANTRY_SPOOL_FULL (507)', async () => {
    const body = new IncomingBody(new SpoolDirectory('the device', PLENTY, fullStorage), 100_000)
    const errors: GantryError[] = []
    body.onError = (error) => errors.push(error)
    body.take(numberedBytes(100_000))
    expect(await body.finish()).toBeUndefined()
    expect(errors).toEqual([expect.objectContaining({ code: 'GANTRY_SPOOL_FULL', status: 507 })])
  })

  test('lets answers pass, a piece at a time', async () => {
    const spool = new SpoolDirectory('the device', PLENTY, fullStorage)
    const { backlog, received, said } = backlogIn(spool)
    const data = numberedBytes(500_000)
    for (let at = 0; at < data.length; at += 50_000) {
      const piece = data.subarray(at, at + 50_000)
      backlog.push(piece)
      await isTrue(() => spool.heldBytes === 0, 'it seems to be written')
      expect(backlog.push(new Uint8Array(0))).toBe(true)
      backlog.resume()
      expect(backlog.isEmpty).toBe(true)
    }
    expect(Buffer.concat(received).equals(data)).toBe(true)
    expect(said).toEqual(Array<string>(10).fill('emptied'))
  })
})
