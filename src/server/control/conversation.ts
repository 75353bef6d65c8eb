// One client of the control socket: reads its requests, has the server do them one after the other, and answers.

import type { Socket } from 'node:net'
import { GantryError } from '../../errors.ts'
import type { Controlled } from '../controlled.ts'
import { LineReader } from './line-reader.ts'
import {
  type ControlAnswer,
  type ControlRequest,
  LONGEST_REQUEST_BYTES,
  answerLine,
  readRequest,
} from './protocol.ts'

/** Until the client leaves, or sends what no command of ours would. */
export function converse(socket: Socket, controlled: Controlled): void {
  const lines = new LineReader(LONGEST_REQUEST_BYTES)
  let answered = Promise.resolve()
  // One that leaves before its answer has no use for it; one that only has nothing more to ask waits for it.
  socket.on('error', () => socket.destroy())
  socket.on('end', () => void answered.then(() => socket.end()))
  socket.on('data', (bytes: Buffer) => {
    socket.pause()
    answered = answerAll(lines.receive(bytes), socket, controlled).then(() => {
      if (lines.isTooLong) socket.end(answerLine(failed(TOO_LONG)))
      else socket.resume()
    })
  })
}

const TOO_LONG = new Error(`a request has at most ${LONGEST_REQUEST_BYTES} bytes`)

async function answerAll(lines: readonly string[], socket: Socket, controlled: Controlled): Promise<void> {
  for (const line of lines) {
    const answer = await answerTo(line, controlled)
    if (socket.writable) socket.write(answerLine(answer))
  }
}

async function answerTo(line: string, controlled: Controlled): Promise<ControlAnswer> {
  const read = readRequest(line)
  if (!read.ok) return failed(new Error(read.problem))
  try {
    return { isDone: true, result: await perform(read.request, controlled) }
  } catch (error) {
    return failed(error)
  }
}

function perform(request: ControlRequest, controlled: Controlled): Promise<unknown> {
  switch (request.command) {
    case 'status':
      return controlled.status()
    case 'stop':
      return controlled.stop().then(() => ({ pid: process.pid }))
    case 'dump':
      return controlled.dump()
    case 'reload':
      return controlled.reload(request.why)
    case 'resize':
      return controlled.resize(request.by)
  }
}

function failed(error: unknown): ControlAnswer {
  const message = error instanceof Error ? error.message : String(error)
  return { isDone: false, message, hint: error instanceof GantryError ? error.hint : undefined }
}
