// A command's side of the control socket: asks, and waits for the answer.

import { once } from 'node:events'
import { type Socket, connect } from 'node:net'
import { LONGEST_UNIX_PATH_BYTES } from '../../config/bind-address.ts'
import { GantryError } from '../../errors.ts'
import { LineReader } from './line-reader.ts'
import {
  type ControlAnswer,
  type ControlRequest,
  type ControlResults,
  readAnswer,
  requestLine,
} from './protocol.ts'

type Command = keyof ControlResults
type RequestOf<C extends Command> = Extract<ControlRequest, { readonly command: C }>

// A server says of itself what it finds out within a second.
const STATUS_DEADLINE_MS = 5_000
// Stacks of many threads are long; endless they are not.
const LONGEST_ANSWER_BYTES = 64 * 1_048_576

/** Rejects with a GantryError when nobody listens there. */
export async function openControlClient(path: string): Promise<ControlClient> {
  if (Buffer.byteLength(path) > LONGEST_UNIX_PATH_BYTES)
    throw unreachable(path, `a socket's path has at most ${LONGEST_UNIX_PATH_BYTES} bytes`)
  const socket = connect(path)
  try {
    await once(socket, 'connect')
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    throw unreachable(path, REASONS[code] ?? message, error)
  }
  return new ControlClient(path, socket)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket',
  ECONNREFUSED: 'the server that made it has ended',
  EACCES: 'it belongs to another user',
  ENOTSOCK: 'it is no socket',
}

/** One request at a time. */
export class ControlClient {
  readonly path: string
  readonly #socket: Socket
  readonly #lines = new LineReader(LONGEST_ANSWER_BYTES)
  readonly #ended: Promise<void>
  #waiting: ((line: string) => void) | undefined

  constructor(path: string, socket: Socket) {
    this.path = path
    this.#socket = socket
    this.#ended = new Promise((resolve) => socket.once('close', () => resolve()))
    // What there is to say of an error is that the conversation is over.
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes: Buffer) => {
      for (const line of this.#lines.receive(bytes)) this.#waiting?.(line)
      if (this.#lines.isTooLong) socket.destroy()
    })
  }

  /** Rejects with a GantryError: the server cannot do it, does not answer, or ends before it has. */
  async ask<C extends Command>(request: RequestOf<C>): Promise<ControlResults[C]> {
    const line = await this.#exchange(requestLine(request), request.command)
    const answer = readAnswer(line)
    if (answer === undefined) throw unreachable(this.path, 'it does not speak as this version of gantry does')
    // What a server of this version answers to the command, as the table of results says.
    return resultOf(answer) as ControlResults[C]
  }

  /** When the server ends the conversation, which it does as it ends itself. */
  whenEnded(): Promise<void> {
    return this.#ended
  }

  close(): void {
    this.#socket.destroy()
  }

  #exchange(request: string, command: Command): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => reject(unreachable(this.path, reason))
      const deadline =
        command === 'status'
          ? setTimeout(() => fail(`no answer within ${STATUS_DEADLINE_MS / 1000} s`), STATUS_DEADLINE_MS)
          : undefined
      this.#waiting = (line) => {
        clearTimeout(deadline)
        resolve(line)
      }
      void this.#ended.then(() => {
        clearTimeout(deadline)
        fail('the server ended before it answered')
      })
      this.#socket.write(request)
    })
  }
}

function resultOf(answer: ControlAnswer): unknown {
  if (answer.isDone) return answer.result
  const { message, hint } = answer
  throw new GantryError('GANTRY_COMMAND_REFUSED', { message, hint })
}

const unreachable = (path: string, reason: string, cause?: unknown): GantryError =>
  new GantryError('GANTRY_SERVER_UNREACHABLE', { path, reason }, { cause })
