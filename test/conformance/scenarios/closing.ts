// close() of the iterable is called exactly once however the answer ends, W45, and what a client that leaves brings about, W48.

import { expect } from 'vitest'
import { until } from '../../harness/until.ts'
import { rawRequest } from '../conformance-case.ts'
import type { CaseRequest, Language, Scenario } from '../conformance-case.ts'
import { logFence } from '../run-cases.ts'
import type { Target } from '../target.ts'

const DEADLINE_MS = 10_000
// More than the target has threads: each must come free again.
const CLIENTS_THAT_LEAVE = 12

let marks = 0
const newMark = (): string => `close-${++marks}`

async function closedOnce(target: Target, mark: string): Promise<void> {
  const count = (): number => target.log().split(`closed ${mark}\n`).length - 1
  await until(
    () => count() > 0,
    DEADLINE_MS,
    () => `no "closed ${mark}" in the log:\n${target.log()}`,
  )
  await logFence(target)
  expect(count()).toBe(1)
}

/** Reads some of the answer, and leaves. */
async function leaveInTheMiddle(target: Target, application: string, request: CaseRequest): Promise<void> {
  using connection = await target.open()
  connection.send(rawRequest(application, request))
  await connection.receive((received) => received.includes('more and more'))
}

interface Ending {
  readonly ending: string
  readonly text: string
  readonly only?: Language
}

const ENDINGS: readonly Ending[] = [
  { ending: 'normal', text: 'its normal end' },
  { ending: 'one-block', text: 'one block' },
  { ending: 'empty', text: 'an empty answer' },
  { ending: 'list', text: 'a list that has a close()' },
  { ending: 'file-wrapper', text: 'a wrapped file' },
  { ending: 'raises-at-once', text: 'an exception before the headers' },
  { ending: 'raises-later', text: 'an exception after the headers' },
  { ending: 'exits-later', text: 'SystemExit after the headers', only: 'python' },
  { ending: 'yields-str', text: 'a block that is no bytes' },
  { ending: 'too-little', text: 'less data than declared' },
  { ending: 'too-much', text: 'more data than declared' },
  { ending: 'no-content', text: 'an answer that has no body' },
  { ending: 'never-starts', text: 'data without start_response' },
]

const answered: Scenario[] = ENDINGS.flatMap(({ ending, text, ...rest }) =>
  ['GET', 'HEAD'].map((method) => ({
    ...rest,
    id: 'W45',
    rule: `close() is called exactly once after ${text} (${method})`,
    run: async (target: Target): Promise<void> => {
      const mark = newMark()
      await target.request(rawRequest('tells_of_its_close', { method, target: `?${ending}:${mark}` }))
      await closedOnce(target, mark)
    },
  })),
)

/** Files that the other language has nothing like. */
const ONLY_IN: Readonly<Record<string, Language>> = { unbuffered: 'python', stream: 'typescript' }

export const closingScenarios: readonly Scenario[] = [
  ...answered,
  {
    id: 'W45',
    rule: 'close() is called exactly once after an endless answer to HEAD',
    run: async (target) => {
      const mark = newMark()
      await target.request(rawRequest('tells_of_its_close', { method: 'HEAD', target: `?endless:${mark}` }))
      await closedOnce(target, mark)
    },
  },
  {
    id: 'W45 W48',
    rule: 'close() is called exactly once when the client leaves in the middle, and every thread is free again',
    run: async (target) => {
      for (let client = 0; client < CLIENTS_THAT_LEAVE; client++) {
        const mark = newMark()
        await leaveInTheMiddle(target, 'tells_of_its_close', { target: `?endless:${mark}` })
        await closedOnce(target, mark)
      }
      expect((await target.request(rawRequest('answers_hello'))).text).toBe('hello')
    },
  },
  {
    id: 'W45 W48',
    rule: 'a generator is closed when the client leaves, and may still write to wsgi.errors then',
    run: async (target) => {
      const mark = newMark()
      await leaveInTheMiddle(target, 'generator_tells_of_its_end', { target: `?${mark}` })
      await closedOnce(target, mark)
    },
  },
  {
    id: 'W48',
    rule: 'a client that leaves brings one line at info level into the log, and no traceback',
    run: async (target) => {
      const start = target.log().length
      const mark = newMark()
      await leaveInTheMiddle(target, 'tells_of_its_close', { target: `?endless:${mark}` })
      await closedOnce(target, mark)
      const logged = target.log().slice(start)
      const lines = logged.split('\n').filter((line) => line.includes(`?endless:${mark}`))
      expect(lines).toEqual([expect.stringMatching(/ info .*client/)])
      expect(logged).not.toMatch(/Traceback|Error on request/)
    },
  },
  ...['real', 'unbuffered', 'short', 'stream', 'bytes-io', 'gzip'].map((kind) => ({
    id: 'W46',
    ...(ONLY_IN[kind] === undefined ? {} : { only: ONLY_IN[kind] }),
    rule: `a wrapped file is closed (${kind})`,
    run: async (target: Target): Promise<void> => {
      await target.request(rawRequest('sends_a_file', { target: `?${kind}` }))
      const isClosed = async (): Promise<boolean> =>
        (await target.request(rawRequest('sends_a_file', { target: '/closed' }))).text === 'True'
      await until(isClosed, DEADLINE_MS, () => 'the file is still open')
    },
  })),
]
