// The side of a web server in FastCGI, SCGI and uwsgi, for tests: written from the specifications, and without the code that is tested.

import { type NetConnectOpts, type Socket, connect } from 'node:net'
import { begin, rawRecord } from '../../fastcgi/records.ts'
import { type AnswerEvents, AnswerReader } from './relayed-answer.ts'

export type RelayedProtocol = 'fcgi' | 'scgi' | 'uwsgi'

/** Strings of one character a byte. */
export type Variables = Readonly<Record<string, string>>

/** A request on its way. */
export interface SentRequest {
  /** Sends data of its body. */
  write(data: Uint8Array): void
  endBody(): void
  /** The client of the web server has left. */
  abort(): void
}

/** Sends one request, whose answer is told to `events`. `variables` hold CONTENT_LENGTH where there is a body. */
export function sendRequest(
  protocol: RelayedProtocol,
  address: NetConnectOpts,
  variables: Variables,
  events: AnswerEvents,
): SentRequest {
  const socket = connect(address)
  socket.setNoDelay(true)
  const isHead = variables['REQUEST_METHOD'] === 'HEAD'
  return protocol === 'fcgi'
    ? sendFastcgi(socket, variables, events, isHead)
    : sendClosing(socket, HEADS[protocol](variables), new AnswerReader(events), isHead)
}

/** The bytes of a request without its body. */
export const HEADS = { scgi: scgiHead, uwsgi: uwsgiHead, fcgi: fastcgiParams }

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

export function scgiHead(variables: Variables): Buffer {
  const { CONTENT_LENGTH = '', ...others } = variables
  const pairs = Object.entries({ CONTENT_LENGTH: CONTENT_LENGTH || '0', SCGI: '1', ...others })
  const headers = pairs.map(([name, value]) => `${name}\0${value}\0`).join('')
  return latin1(`${headers.length}:${headers},`)
}

export function uwsgiHead(variables: Variables): Buffer {
  const strings = Object.entries(variables).flat()
  const parts = strings.flatMap((text) => [Buffer.from([text.length & 0xff, text.length >> 8]), latin1(text)])
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([0, body.length & 0xff, body.length >> 8, 0]), body])
}

export function fastcgiParams(variables: Variables): Buffer {
  const length = (text: string): Buffer =>
    text.length < 128
      ? Buffer.from([text.length])
      : Buffer.from([0x80, text.length >> 16, (text.length >> 8) & 0xff, text.length & 0xff])
  return Buffer.concat(
    Object.entries(variables).map(([name, value]) =>
      Buffer.concat([length(name), length(value), latin1(name + value)]),
    ),
  )
}

/** SCGI and uwsgi: one request, and the end of the connection is that of the answer. */
function sendClosing(socket: Socket, head: Buffer, answer: AnswerReader, isHead: boolean): SentRequest {
  let isOver = false
  const end = (isWhole: boolean): void => {
    if (isOver) return
    isOver = true
    socket.destroy()
    answer.end(isWhole, isHead)
  }
  socket.on('data', (block: Buffer) => answer.take(block))
  socket.on('end', () => end(true))
  socket.on('error', () => end(false))
  socket.on('close', () => end(false))
  socket.write(head)
  return {
    write: (data) => void socket.write(data),
    endBody: () => undefined,
    abort() {
      isOver = true
      socket.destroy()
    },
  }
}

/** Content of a record, and of more of them, at the most. */
const CONTENT = 32_768

function sendFastcgi(
  socket: Socket,
  variables: Variables,
  events: AnswerEvents,
  isHead: boolean,
): SentRequest {
  const answer = new AnswerReader(events)
  let received: Buffer = Buffer.alloc(0)
  let isOver = false
  const end = (isWhole: boolean): void => {
    if (isOver) return
    isOver = true
    socket.destroy()
    answer.end(isWhole, isHead)
  }
  socket.on('data', (block: Buffer) => {
    received = Buffer.concat([received, block])
    for (let record = takeRecord(received); record !== undefined; record = takeRecord(received)) {
      received = record.rest
      if (record.type === 6 && record.content.length > 0) answer.take(record.content)
      if (record.type === 7) events.errors?.(record.content.toString('utf8'))
      if (record.type === 3) end(record.content.readUInt32BE(0) === 0 && record.content[4] === 0)
    }
  })
  socket.on('error', () => end(false))
  socket.on('close', () => end(false))
  socket.write(begin())
  for (const piece of pieces(fastcgiParams(variables)))
    socket.write(rawRecord({ type: 4, content: piece, padding: 5 }))
  socket.write(rawRecord({ type: 4 }))
  return {
    write(data) {
      for (const piece of pieces(data)) socket.write(rawRecord({ type: 5, content: piece, padding: 1 }))
    },
    endBody: () => void socket.write(rawRecord({ type: 5 })),
    abort() {
      isOver = true
      socket.end(rawRecord({ type: 2 }))
      socket.resume()
    },
  }
}

function pieces(data: Uint8Array): Uint8Array[] {
  const count = Math.ceil(data.length / CONTENT)
  return Array.from({ length: count }, (_, i) => data.subarray(i * CONTENT, (i + 1) * CONTENT))
}

export interface TakenRecord {
  readonly type: number
  readonly id: number
  readonly content: Buffer
  readonly rest: Buffer
}

/** The first record, if it is complete. */
export function takeRecord(bytes: Buffer): TakenRecord | undefined {
  if (bytes.length < 8) return undefined
  const contentEnd = 8 + bytes.readUInt16BE(4)
  const end = contentEnd + bytes[6]!
  if (bytes.length < end) return undefined
  return {
    type: bytes[1]!,
    id: bytes.readUInt16BE(2),
    content: bytes.subarray(8, contentEnd),
    rest: bytes.subarray(end),
  }
}
