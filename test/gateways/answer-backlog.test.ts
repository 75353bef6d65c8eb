import { describe, expect, test } from 'vitest'
import type { GantryError } from '../../src/errors.ts'
import { AnswerBacklog } from '../../src/gateways/answer-backlog.ts'
import type { SpoolDirectory } from '../../src/spool/spool.ts'
import { randomBetween, seededRandom } from '../harness/random.ts'
import type { Random } from '../harness/random.ts'
import { DEADLINE_MS, STORAGE_KINDS, TestSpool, numberedBytes } from '../harness/spools.ts'
import { until } from '../harness/until.ts'

const PLENTY = 2 ** 30
const BLOCK = 65_536

/** A backlog with a client that takes as many blocks as it is allowed to. */
class Client {
  readonly backlog: AnswerBacklog
  readonly errors: GantryError[] = []
  sentBytes = 0
  receivedBytes = 0
  readonly #received: Uint8Array[] = []
  largestBlock = 0
  /** How many blocks it still takes. */
  room = 0
  emptied = 0
  roomSaid = 0
  isInPush = false
  onBlock: (() => void) | undefined

  constructor(spool: SpoolDirectory, maxBytes: number) {
    this.backlog = new AnswerBacklog(spool, maxBytes, {
      write: (block) => this.#write(block),
      emptied: () => this.#called(() => this.emptied++),
      hasRoom: () => this.#called(() => this.roomSaid++),
      failed: (error) => this.#called(() => this.errors.push(error)),
    })
  }

  /** As a connection does: straight to the client if that can take it, behind what is waiting otherwise. */
  send(data: Uint8Array): boolean {
    this.sentBytes += data.length
    if (!this.backlog.isEmpty || this.room === 0) return this.push(data)
    this.#write(data)
    return true
  }

  push(data: Uint8Array): boolean {
    this.isInPush = true
    const goOn = this.backlog.push(data)
    this.isInPush = false
    return goOn
  }

  get received(): Buffer {
    return Buffer.concat(this.#received)
  }

  /** Lets the client take `blocks` more. */
  take(blocks: number): void {
    this.room += blocks
    this.backlog.resume()
  }

  /** Sends all of `data` as a worker does: waits when it is told to. */
  async sendAll(data: Buffer, pieceBytes = BLOCK): Promise<void> {
    for (let at = 0; at < data.length; at += pieceBytes) {
      const said = this.roomSaid
      if (this.send(data.subarray(at, at + pieceBytes))) continue
      await this.until(() => this.roomSaid > said, 'no room')
    }
  }

  until(isTrue: () => boolean, otherwise: string): Promise<void> {
    return until(isTrue, DEADLINE_MS, () => `${otherwise}; received ${this.receivedBytes}`)
  }

  #write(block: Uint8Array): boolean {
    this.#called(() => {
      expect(this.room).toBeGreaterThan(0)
      this.largestBlock = Math.max(this.largestBlock, block.length)
      this.#received.push(block)
      this.receivedBytes += block.length
      this.room--
      this.onBlock?.()
    })
    return this.room > 0
  }

  #called(act: () => void): void {
    expect(this.isInPush, 'the sink is never called from within push').toBe(false)
    act()
  }
}

describe.each(STORAGE_KINDS)('AnswerBacklog, in files that are %s', (kind) => {
  test('passes on what was pushed, in order and in blocks of 64 KiB at most, when the client has room', async () => {
    using spool = new TestSpool(kind)
    const client = new Client(spool.directory, PLENTY)
    const data = numberedBytes(3_000_000)
    await client.sendAll(data, 50_001)
    expect([client.receivedBytes, client.backlog.isEmpty]).toEqual([0, false])
    client.take(5)
    await client.until(() => client.room === 0, 'five blocks did not come')
    expect(client.receivedBytes).toBeLessThanOrEqual(5 * BLOCK)
    client.take(1000)
    await client.until(() => client.emptied === 1, 'not emptied')
    expect(client.received.equals(data)).toBe(true)
    expect(client.largestBlock).toBe(BLOCK)
    expect(client.backlog.isEmpty).toBe(true)
    await spool.untilUnused()
  })

  test('can be pushed to again when it was emptied, and passes nothing on before it is resumed again', async () => {
    using spool = new TestSpool(kind)
    const client = new Client(spool.directory, PLENTY)
    const data = numberedBytes(100_000)
    for (let round = 1; round <= 5; round++) {
      client.push(data)
      client.room = 100
      await client.until(() => spool.files().length > 0, 'nothing is on disk')
      expect(client.receivedBytes).toBe((round - 1) * data.length)
      client.take(0)
      await client.until(() => client.emptied === round, 'not emptied')
      client.backlog.resume() // a late `drain`: there is nothing to go on with
    }
    expect(client.received.equals(Buffer.concat(Array<Buffer>(5).fill(data)))).toBe(true)
    await spool.untilUnused()
  })

  test('slows down whoever pushes when --response-spool-bytes are waiting, and says when there is room', async () => {
    using spool = new TestSpool(kind)
    const client = new Client(spool.directory, 10 * BLOCK)
    const data = numberedBytes(30 * BLOCK)
    let isDone = false
    const pushed = client.sendAll(data).then(() => (isDone = true))
    await client.until(() => spool.directory.heldBytes === 10 * BLOCK, 'the disk is not used')
    for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve))
    expect([spool.directory.heldBytes, isDone]).toEqual([10 * BLOCK, false])
    client.take(1000)
    await pushed
    await client.until(() => client.receivedBytes === data.length, 'not all came')
    expect(client.received.equals(data)).toBe(true)
    await spool.untilUnused()
  })

  test('gives room back a quarter at a time while it is read, so that it goes on though it is never empty', async () => {
    using spool = new TestSpool(kind)
    const most = 64 * BLOCK
    const client = new Client(spool.directory, most)
    const data = numberedBytes(3 * most)
    const sent = client.sendAll(data)
    for (let receivedBytes = 0; receivedBytes < 2 * most; receivedBytes += 8 * BLOCK) {
      const isFull = (): boolean => client.sentBytes - client.receivedBytes > (most * 3) / 4 - BLOCK
      await client.until(isFull, 'nothing was sent for what was taken')
      expect(spool.directory.heldBytes).toBeLessThanOrEqual(most)
      client.take(8)
      await client.until(() => client.room === 0, 'blocks are missing')
    }
    expect(client.emptied).toBe(0)
    client.take(1000)
    await sent
    await client.until(() => client.receivedBytes === data.length, 'not all came')
    expect(client.received.equals(data)).toBe(true)
    await spool.untilUnused()
  })

  test('never touches the disk when nothing may lie there: one piece waits in memory', () => {
    using spool = new TestSpool(kind)
    const client = new Client(spool.directory, 0)
    expect(client.push(Buffer.from('one'))).toBe(false)
    expect(spool.files()).toEqual([])
    client.take(1)
    expect([client.received.toString(), client.emptied, client.roomSaid]).toEqual(['one', 1, 1])
    expect(client.push(Buffer.from('two'))).toBe(false)
    client.take(1)
    expect([client.received.toString(), client.emptied, client.roomSaid]).toEqual(['onetwo', 2, 2])
    expect(spool.files()).toEqual([])
  })

  test('loses nothing when the quota is full, only slows down, and uses the disk again when it can', async () => {
    using spool = new TestSpool(kind, 200_000)
    const client = new Client(spool.directory, PLENTY)
    expect(client.push(numberedBytes(100_001))).toBe(false) // half of the quota is 100,000
    expect(client.push(Buffer.from('pushed all the same'))).toBe(false)
    expect(spool.directory.heldBytes).toBe(0)
    client.take(1)
    expect(client.receivedBytes).toBe(100_001)
    await client.until(() => client.roomSaid === 1, 'the disk was not tried again')
    expect(spool.directory.heldBytes).toBe(19)
    expect(client.push(Buffer.from(', and more'))).toBe(true)
    client.take(10)
    await client.until(() => client.emptied === 1, 'not emptied')
    expect(client.received.subarray(100_001).toString()).toBe('pushed all the same, and more')
    expect(client.errors).toEqual([])
    await spool.untilUnused()
  })

  test('leaves nothing when the client is gone, whatever it was doing', async () => {
    using spool = new TestSpool(kind, 3_000_000)
    const random = seededRandom(3)
    for (let round = 0; round < 30; round++) {
      const client = new Client(spool.directory, 1_000_000)
      for (let i = 0; i < 30 && client.push(numberedBytes(randomBetween(1, BLOCK, random))); i++);
      client.take(randomBetween(1, 3, random))
      const turns = randomBetween(0, 10, random)
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve))
      client.backlog.stop()
      const { emptied, roomSaid, receivedBytes } = client
      client.onBlock = () => expect.unreachable('a stopped backlog went on')
      expect([client.push(numberedBytes(10)), client.backlog.isEmpty]).toEqual([true, true])
      client.take(10)
      client.backlog.stop()
      if (round % 10 === 0) await spool.untilUnused()
      expect(client).toMatchObject({ emptied, roomSaid, receivedBytes })
    }
    await spool.untilUnused()
  })

  test('may be stopped by the sink itself', async () => {
    using spool = new TestSpool(kind, 1_000_000)
    for (const pieceBytes of [1000, 600_000]) {
      const client = new Client(spool.directory, PLENTY)
      client.push(numberedBytes(pieceBytes))
      client.push(numberedBytes(pieceBytes))
      client.onBlock = () => client.backlog.stop()
      client.take(10)
      await client.until(() => client.receivedBytes > 0, 'nothing came')
      await spool.untilUnused()
      expect([client.room, client.emptied, client.roomSaid]).toEqual([9, 0, 0])
    }
  })
})

/** Pushes, pauses and takes at random, until all of `data` has come through. */
async function playAtRandom(client: Client, data: Buffer, random: Random): Promise<void> {
  let pushed = 0
  let mayPush = true
  let said = 0
  while (client.receivedBytes < data.length) {
    if (client.roomSaid > said) mayPush = true
    said = client.roomSaid
    if (mayPush && pushed < data.length && random() < 0.6) {
      const end = pushed + randomBetween(1, random() < 0.2 ? BLOCK : 3000, random)
      mayPush = client.send(data.subarray(pushed, end))
      pushed = Math.min(end, data.length)
    }
    if (random() < 0.3 && client.room === 0 && !client.backlog.isEmpty)
      client.take(randomBetween(1, 4, random))
    if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('AnswerBacklog, played with at random', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'keeps every byte in its place, several at a time in a quota that is too small (seed %i)',
    async (seed) => {
      const random = seededRandom(seed)
      using spool = new TestSpool(STORAGE_KINDS[0]!, [PLENTY, 2_000_000, 300_000][seed % 3])
      const maxBytes = [0, 100_000, 500_000, PLENTY][seed % 4]!
      const clients = Array.from({ length: 4 }, () => new Client(spool.directory, maxBytes))
      const data = numberedBytes(1_000_000)
      await Promise.all(clients.map((client) => playAtRandom(client, data, random)))
      for (const client of clients) {
        expect(client.received.equals(data)).toBe(true)
        expect(client.backlog.isEmpty).toBe(true)
        expect(client.errors).toEqual([])
      }
      await spool.untilUnused()
    },
  )
})
