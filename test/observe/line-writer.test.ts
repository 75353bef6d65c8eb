import { beforeEach, describe, expect, test } from 'vitest'
import type { LineTarget } from '../../src/observe/line-target.ts'
import { LineWriter } from '../../src/observe/line-writer.ts'
import { ManualClock } from '../harness/manual-clock.ts'

/** Takes what the test lets it take. */
class SlowTarget implements LineTarget {
  readonly writes: string[] = []
  text = ''
  reopened = 0
  isClosed = false
  canReopen = true
  #pending: { bytes: Uint8Array; done: (error: Error | null, writtenBytes: number) => void } | undefined

  write(bytes: Uint8Array, done: (error: Error | null, writtenBytes: number) => void): void {
    if (this.#pending !== undefined) throw new Error('two writes at a time')
    this.writes.push(textOf(bytes))
    this.#pending = { bytes, done }
  }

  writeNow(bytes: Uint8Array): void {
    this.text += textOf(bytes)
  }

  reopen(): void {
    if (this.#pending !== undefined) throw new Error('reopened during a write')
    if (!this.canReopen) throw new Error('EACCES')
    this.reopened++
    this.text += `<file ${this.reopened}>`
  }

  close(): void {
    if (this.isClosed) throw new Error('closed twice')
    this.isClosed = true
  }

  /** Ends the write under way. */
  take(writtenBytes = this.#pending!.bytes.length, error: Error | null = null): void {
    const { bytes, done } = this.#pending!
    this.#pending = undefined
    this.text += textOf(bytes.subarray(0, writtenBytes))
    done(error, writtenBytes)
  }

  get isWriting(): boolean {
    return this.#pending !== undefined
  }
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')
const failure = (code: string): Error => Object.assign(new Error(code), { code })

let clock: ManualClock
let target: SlowTarget
let writer: LineWriter
let reports: string[]

beforeEach(() => {
  clock = new ManualClock()
  target = new SlowTarget()
  reports = []
  writer = new LineWriter(
    target,
    {
      dropped: () => reports.push('dropped'),
      writeFailed: (error) => reports.push(`failed ${error.message}`),
      reopenFailed: (error) => reports.push(`not reopened ${error.message}`),
      lostAtClose: (lineCount) => reports.push(`lost ${lineCount}`),
    },
    clock,
  )
})

describe('LineWriter', () => {
  test('gathers lines for 100 ms, and writes them as one', () => {
    writer.add('one\n')
    clock.advance(99)
    writer.add('two\n')
    expect(target.writes).toEqual([])
    clock.advance(1)
    expect([target.writes, clock.timerCount]).toEqual([['one\ntwo\n'], 0])
  })

  test('does not wait when there are 64 KiB', () => {
    const line = `${'x'.repeat(1023)}\n`
    for (let count = 0; count < 63; count++) writer.add(line)
    expect(target.isWriting).toBe(false)
    writer.add(line)
    expect([target.writes.map((text) => text.length), clock.timerCount]).toEqual([[65_536], 0])
  })

  test('writes in order and one piece at a time, however slowly the target takes them', () => {
    const lines = Array.from({ length: 3000 }, (_, index) => `${'x'.repeat(95)}${index}\n`)
    for (const line of lines) writer.add(line)
    while (target.isWriting || clock.timerCount > 0) {
      if (target.isWriting) target.take()
      else clock.advance(100)
    }
    expect(target.text).toBe(lines.join(''))
  })

  test('goes on behind what was taken when a piece is taken in part', () => {
    writer.add('one\ntwo\n')
    clock.advance(100)
    target.take(5)
    target.take()
    expect([target.writes, target.text]).toEqual([['one\ntwo\n', 'wo\n'], 'one\ntwo\n'])
  })

  test('drops and counts lines when more than 4 MiB wait, and takes lines again afterwards', () => {
    const line = `${'x'.repeat(1023)}\n`
    for (let count = 0; count < 5000; count++) writer.add(line)
    expect(reports).toEqual(Array.from({ length: 5000 - 4096 }, () => 'dropped'))
    while (target.isWriting) target.take()
    expect(target.text).toBe(line.repeat(4096))
    reports.length = 0
    writer.add('again\n')
    clock.advance(100)
    target.take()
    expect([target.text.endsWith('\nagain\n'), reports]).toEqual([true, []])
  })

  test('reports a failed write, and tries again after a second from where it was', () => {
    writer.add('one\ntwo\n')
    clock.advance(100)
    target.take(2, failure('ENOSPC'))
    writer.add('three\n')
    clock.advance(999)
    expect([reports, target.isWriting]).toEqual([['failed ENOSPC'], false])
    clock.advance(1)
    target.take()
    clock.advance(100)
    target.take()
    expect(target.text).toBe('one\ntwo\nthree\n')
  })

  test('takes a full pipe for slow and not for broken', () => {
    writer.add('one\n')
    clock.advance(100)
    target.take(0, failure('EAGAIN'))
    clock.advance(100)
    target.take()
    expect([target.text, reports]).toEqual(['one\n', []])
  })
})

describe('reopen', () => {
  test('goes on in the new file', () => {
    writer.reopen()
    writer.add('one\n')
    clock.advance(100)
    target.take()
    expect(target.text).toBe('<file 1>one\n')
  })

  test('waits for the write under way', () => {
    writer.add('one\n')
    clock.advance(100)
    writer.add('two\n')
    writer.reopen()
    expect(target.reopened).toBe(0)
    target.take()
    clock.advance(100)
    target.take()
    expect(target.text).toBe('one\n<file 1>two\n')
  })

  test('is reported when it fails, and the old file used on', () => {
    target.canReopen = false
    writer.reopen()
    writer.add('one\n')
    clock.advance(100)
    target.take()
    expect([target.text, reports]).toEqual(['one\n', ['not reopened EACCES']])
  })

  test('tries what failed in the old file at once in the new one', () => {
    writer.add('one\n')
    clock.advance(100)
    target.take(0, failure('ENOSPC'))
    writer.reopen()
    target.take()
    expect([target.text, clock.timerCount]).toEqual(['<file 1>one\n', 0])
  })
})

describe('the end', () => {
  test('comes when everything is written', async () => {
    writer.add('one\n')
    let hasEnded = false
    const closed = writer.close().then(() => (hasEnded = true))
    writer.add('too late\n')
    await Promise.resolve()
    expect([hasEnded, target.writes]).toEqual([false, ['one\n']])
    target.take()
    await closed
    expect([target.text, target.isClosed, clock.timerCount, reports]).toEqual(['one\n', true, 0, []])
  })

  test('waits for the write under way and for what was gathered meanwhile', async () => {
    writer.add('one\n')
    clock.advance(100)
    writer.add('two\n')
    const closed = writer.close()
    target.take()
    target.take()
    await closed
    expect(target.text).toBe('one\ntwo\n')
  })

  test('comes at once where nothing waits, and only once', async () => {
    await Promise.all([writer.close(), writer.close()])
    await writer.close()
    expect([target.isClosed, target.writes]).toEqual([true, []])
  })

  test('does not wait longer than two seconds, and tells how many lines are lost', async () => {
    writer.add('one\ntwo\n')
    const closed = writer.close()
    target.take(0, failure('ENOSPC'))
    clock.advance(1_000)
    target.take(4, failure('ENOSPC'))
    clock.advance(999)
    expect(reports).toEqual(['failed ENOSPC', 'failed ENOSPC'])
    clock.advance(1)
    await closed
    expect([reports.at(-1), clock.timerCount]).toEqual(['lost 1', 0])
  })

  test('closes the target no sooner than a write that takes too long is over', async () => {
    writer.add('one\n')
    const closed = writer.close()
    clock.advance(2_000)
    await closed
    expect([reports, target.isClosed]).toEqual([['lost 1'], false])
    target.take()
    expect(target.isClosed).toBe(true)
  })

  test('that does not wait writes at once what is not yet under way', () => {
    writer.add('one\n')
    clock.advance(100)
    writer.add('two\n')
    writer.flushNow()
    writer.flushNow()
    expect(target.text).toBe('two\n')
    target.take()
    expect([target.text, target.isWriting]).toEqual(['two\none\n', false])
  })
})
