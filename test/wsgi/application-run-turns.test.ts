// One thread serves everybody: an application that always has a block must let others have their turn.

import { describe, expect, test } from 'vitest'
import type { Application, ApplicationResult } from '../../src/wsgi/index.ts'
import { OK, RecordedRun, bytes } from './recorded-run.ts'

const MANY = 10_000

const returns =
  (result: () => ApplicationResult): Application =>
  (_environ, startResponse) => {
    startResponse(...OK)
    return result()
  }

function* blocks(): Generator<Uint8Array> {
  for (let i = 0; i < MANY; i++) yield bytes('x')
}

function* nothings(): Generator<Uint8Array> {
  for (let i = 0; i < MANY; i++) yield bytes('')
}

// eslint-disable-next-line @typescript-eslint/require-await -- it never waits for anything
async function* asyncBlocks(): AsyncGenerator<Uint8Array> {
  yield* blocks()
}

const writes = (run: RecordedRun): number => run.events.filter((event) => event === 'write x').length

describe('an application that always has a block, for a client that takes each,', () => {
  test.each([
    ['a generator', returns(blocks)],
    ['an async generator', returns(asyncBlocks)],
    ['an array', returns(() => [...blocks()])],
    [
      'write(), awaited',
      async (_environ, startResponse) => {
        const write = startResponse(...OK)
        for (const block of blocks()) await write(block)
        return []
      },
    ],
  ] satisfies [string, Application][])('lets others have their turn: %s', async (_name, application) => {
    const run = new RecordedRun().run(application)
    await new Promise((resolve) => setImmediate(resolve))
    expect(writes(run)).toBeGreaterThan(0)
    expect(writes(run)).toBeLessThan(MANY)
    await run.ended
    expect(writes(run)).toBe(MANY)
  })

  test('W45 hears in its turn that the client has left', async () => {
    let isClosed = false
    const run = new RecordedRun().run(
      returns(function* () {
        try {
          yield* blocks()
        } finally {
          isClosed = true
        }
      }),
    )
    run.leave()
    const sent = writes(run)
    await new Promise((resolve) => setImmediate(resolve))
    expect([isClosed, writes(run)]).toEqual([true, sent])
  })

  test('or one that yields nothing but empty blocks', async () => {
    let hasEnded = false
    const run = new RecordedRun().run(returns(nothings))
    void run.ended.then(() => (hasEnded = true))
    await new Promise((resolve) => setImmediate(resolve))
    expect(hasEnded).toBe(false)
    await run.ended
  })
})
