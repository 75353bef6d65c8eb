// W44 where an answer is a value: middleware must not make an application run ahead of what its server has sent.

import { describe, expect, test } from 'vitest'
import { testClient } from '../../src/testing/index.ts'
import { answerOf } from '../../src/wsgi/answer-of.ts'
import type { Application, StartResponse } from '../../src/wsgi/application.ts'

const start = (startResponse: StartResponse): ReturnType<StartResponse> =>
  startResponse('200 OK', [['Content-Type', 'text/plain']])

/** What happens in which order, where an application says when it makes a block. */
async function eventsOf(application: (events: string[]) => Application): Promise<readonly string[]> {
  const events: string[] = []
  const made = application(events)
  const { body } = await answerOf(made, testClient(made).environ())
  for await (const block of body) events.push(`took ${Buffer.from(block).toString()}`)
  return events
}

describe('the body of answerOf', () => {
  test('W44 is asked of an iterable only when it is asked for, also where nothing is waited for', async () => {
    const events = await eventsOf(
      (events) =>
        function* (_, startResponse) {
          start(startResponse)
          for (const name of ['one', 'two', 'three']) {
            events.push(`made ${name}`)
            yield Buffer.from(name)
          }
        },
    )
    expect(events).toEqual(['made one', 'took one', 'made two', 'took two', 'made three', 'took three'])
  })

  test('W44 is asked of an asynchronous iterable only when it is asked for', async () => {
    const events = await eventsOf(
      (events) =>
        async function* (_, startResponse) {
          start(startResponse)
          for (const name of ['one', 'two']) {
            events.push(`made ${name}`)
            yield Buffer.from(name)
            await Promise.resolve()
          }
        },
    )
    expect(events).toEqual(['made one', 'took one', 'made two', 'took two'])
  })

  test('W30 write() lets who waits for it go on when its data was taken', async () => {
    const events = await eventsOf((events) => async (_, startResponse) => {
      const write = start(startResponse)
      for (const name of ['one', 'two']) {
        events.push(`made ${name}`)
        await write(Buffer.from(name))
      }
      return []
    })
    expect(events).toEqual(['made one', 'took one', 'made two', 'took two'])
  })
})
