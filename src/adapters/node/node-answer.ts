// An application's answer, sent through a response of Node's own HTTP server.

import type { ServerResponse } from 'node:http'
import type { AnswerSink, RunOwner } from '../../wsgi/application-run.ts'
import type { CheckedHead } from '../../wsgi/checked-head.ts'
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
  readonly #request: AnsweredRequest
  readonly #response: FlushableResponse
  #isOver = false
  #isGone = false
  #awaitsDrain = false

  constructor(request: AnsweredRequest) {
    this.#request = request
    this.#response = request.response
    this.#response.once('close', () => {
      if (!this.#isOver) this.#gone()
    })
  }

  answer(head: CheckedHead, bytes: Uint8Array, start: number, end: number): void {
    if (!this.#isAnswered()) sendHead(this.#response, head).end(bytes.subarray(start, end))
  }

  begin(head: CheckedHead): void {
    if (this.#isAnswered()) this.#gone()
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
    this.#request.onFailure(error)
  }

  failedLate(error: unknown): void {
    this.#request.log.failed(error)
  }

  warned(level: 'warning' | 'error', text: string): void {
    this.#request.log.warned(level, text)
  }

  over(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#request.log.end()
    this.#request.input.close()
  }

  /** Somebody in front of the application, such as a timeout of Express, has lost patience and answered. */
  #isAnswered(): boolean {
    const { headersSent, writableEnded, destroyed } = this.#response
    return headersSent || writableEnded || destroyed
  }

  #gone(): void {
    if (this.#isGone) return
    this.#isGone = true
    this.#request.log.context.cancel()
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

/** Fields that the application does not send stay as others have set them. */
function sendHead(response: ServerResponse, head: CheckedHead): ServerResponse {
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
  return response
}
