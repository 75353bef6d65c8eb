// A link that turns into a stream of plain bytes after its first frame, as an output link does.

import { expect, test } from 'vitest'
import { FakeThread } from './fake-thread.ts'

test('what follows the last frame, in the same read or a later one, is handed on as it is', () => {
  const thread = new FakeThread()
  const received: string[] = []
  thread.socket.receiver = {
    frame: () => thread.socket.readOn((bytes, length) => received.push(bytes.toString('latin1', 0, length))),
    closed: () => undefined,
  }
  thread.sendBytes(Buffer.from('\0\0\0\x01\x36begun', 'latin1'))
  thread.sendBytes(Buffer.from('\0\0\0\x01\x36', 'latin1'))
  expect(received).toEqual(['begun', '\0\0\0\x01\x36'])
})
