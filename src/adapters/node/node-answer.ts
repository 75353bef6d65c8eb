// An application's answer, sent through a response of Node's own HTTP server.

import { ServerResponse } from 'node:http'
import type { AnswerSink, RunOwner } from '../../wsgi/application-run.ts'
import type { CheckedHead } from '../../wsgi/checked-head.ts'
import type { Header } from '../../wsgi/header.ts'
import type { BodyInput } from '../../wsgi/input-stream.ts'
import type { RequestLog } from '../adapter-log.ts'

/** One request, and who answers when its application cannot. */
export interface AnsweredRequest {
  readonly response: ServerResponse
  readonly log: RequestLog
  readonly input: BodyInput
  /** Nothing was sent yet. */
  readonly onFailure: (error: unknown) => void
}

/** What `compression` adds to a response, which else keeps data back to compress more at a time. */
interface FlushableResponse extends ServerResponse {
  flush?(): void
}

// What stands in front of the application may have set these too, and both count.
const ADDED_TO = new Set(['set-cookie', 'vary'])

export class NodeAnswer implements AnswerSink, RunOwner {
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined
  readonly isInMemory = true
  readonly #response: FlushableResponse
  readonly #log: RequestLog
  readonly #input: BodyInput
  readonly #onFailure: (error: unknown) => void
  #isOver = false
  #isGone = false
  #awaitsDrain = false

  constructor(request: AnsweredRequest) {
    // Not the literal itself: V8 would come to make it old from the start, and the whole request with it.
    this.#response = request.response
    this.#log = request.log
    this.#input = request.input
    this.#onFailure = request.onFailure
    this.#response.on('close', () => {
      if (!this.#isOver) this.#gone()
    })
  }

  answer(head: CheckedHead, bytes: Uint8Array, start: number, end: number): void {
    const response = this.#response
    if (isAnswered(response)) return
    sendHead(response, head)
    response.end(bytes.subarray(start, end))
  }

  begin(head: CheckedHead): void {
    if (isAnswered(this.#response)) this.#gone()
    else sendHead(this.#response, head)
  }

  write(data: Uint8Array): boolean {
    const response = this.#response
    if (this.#isGone) return true
    if (response.writableEnded || response.destroyed) {
      this.#gone()
      return true
    }
    const hasRoom = response.write(data)
    response.flush?.()
    // Node holds data back to the end of the turn, which an application may take long to reach (W44).
    response.socket?.uncork()
    if (!hasRoom) this.#awaitDrain()
    return hasRoom
  }

  end(): void {
    if (!this.#isGone) this.#response.end()
  }

  /** A truncated answer must look truncated. */
  abort(): void {
    this.#response.destroy()
  }

  failed(error: unknown): void {
    this.#onFailure(error)
  }

  failedLate(error: unknown): void {
    this.#log.failed(error)
  }

  warned(level: 'warning' | 'error', text: string): void {
    this.#log.warned(level, text)
  }

  over(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#log.end()
    this.#input.close()
  }

  #gone(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#log.context.cancel()
    this.onGone?.()
  }

  #awaitDrain(): void {
    if (this.#awaitsDrain) return
    this.#awaitsDrain = true
    this.#response.once('drain', () => {
      this.#awaitsDrain = false
      this.onDrain?.()
    })
  }
}

// Express gives each response a prototype of its own, after which every look at one of its properties costs V8 a search: so there are as
// few of them here as can be.

/** Somebody in front of the application, such as a timeout of Express, has lost patience and answered; or nobody is left to answer. */
function isAnswered(response: ServerResponse): boolean {
  return response.headersSent || response.destroyed
}

const NODES_WRITE_HEAD: unknown = Reflect.get(ServerResponse.prototype, 'writeHead')

/** Fields that the application does not send stay as others have set them. */
function sendHead(response: ServerResponse, head: CheckedHead): void {
  const { headers } = head
  // Who has put a writeHead of its own in its place may not know every form of its arguments.
  if (hasPlainNames(headers) && response.writeHead === NODES_WRITE_HEAD)
    response.writeHead(head.status, head.reason, headers.flat())
  else setHead(response, head)
}

/** Each name once: of several, Node 20 sends only the last where others have set fields before. */
function hasPlainNames(headers: readonly Header[]): boolean {
  const names = new Set<string>(ADDED_TO)
  for (const [name] of headers) {
    const lower = name.toLowerCase()
    if (names.has(lower)) return false
    names.add(lower)
  }
  return true
}

function setHead(response: ServerResponse, head: CheckedHead): void {
  response.statusCode = head.status
  response.statusMessage = head.reason
  const sent = new Set<string>(ADDED_TO)
  for (const [name, value] of head.headers) {
    const lower = name.toLowerCase()
    if (sent.has(lower)) {
      response.appendHeader(name, value)
    } else {
      sent.add(lower)
      response.setHeader(name, value)
    }
  }
}
