// What a FastCGI server answers on a connection that has one request at a time: received bytes in, parts of the answer out. The client's
// counterpart of responder-reader.ts.

import { FASTCGI_VIOLATIONS } from './violation.ts'
import { readEndRequest } from './record-contents.ts'
import { RecordReader } from './record-reader.ts'
import { MANAGEMENT_ID, RECORD } from './record-types.ts'

/**
 * `stdout` and `stderr`: data, in `bytes` from `start` to `end`; `end`: the answer is complete, see `applicationStatus` and
 * `protocolStatus`; `violation`: nothing that follows can be believed, see `problem`.
 */
export type AnswerEvent = 'stdout' | 'stderr' | 'end' | 'need-data' | 'violation'

/** Give it bytes with `receive`, then ask `next` until it needs data, or the answer is complete. */
export class AnswerReader {
  /** Of the event before. */
  start = 0
  end = 0
  applicationStatus = 0
  protocolStatus = 0
  /** In words, about the server. */
  problem = ''
  readonly #requestId: number
  readonly #records = new RecordReader()
  #hasOutputEnded = false
  #state: 'open' | 'ended' | 'violated' = 'open'

  /** `requestId`: of the request that is answered. */
  constructor(requestId: number) {
    this.#requestId = requestId
  }

  get bytes(): Buffer {
    return this.#records.bytes
  }

  /** Takes bytes that may not change from now on: what is found in them stays where it is. */
  receive(bytes: Buffer): void {
    this.#records.receive(bytes)
  }

  /** More has come than the answer. */
  get hasMore(): boolean {
    return this.#records.isInRecord
  }

  next(): AnswerEvent {
    while (this.#state === 'open') {
      const found = this.#records.next()
      if (found === 'need-data') return found
      if (found === 'violation') return this.#violate(FASTCGI_VIOLATIONS.FASTCGI_VERSION_UNKNOWN)
      const event = this.#takeRecord()
      if (event !== undefined) return event
    }
    return this.#state === 'ended' ? 'end' : 'violation'
  }

  #takeRecord(): AnswerEvent | undefined {
    const { type, requestId, start, end } = this.#records
    // Answers to questions that were not asked.
    if (requestId === MANAGEMENT_ID) return undefined
    if (requestId !== this.#requestId) return this.#violate('a record is of a request that was not made')
    this.start = start
    this.end = end
    switch (type) {
      case RECORD.stdout:
        return this.#takeOutput()
      case RECORD.stderr:
        return start === end ? undefined : 'stderr'
      case RECORD.endRequest:
        return this.#takeEnd()
      default:
        return this.#violate(`a record is of type ${type}, which no server sends`)
    }
  }

  #takeOutput(): AnswerEvent | undefined {
    if (this.#hasOutputEnded) return this.#violate(FASTCGI_VIOLATIONS.FASTCGI_STREAM_DISORDERED)
    if (this.start < this.end) return 'stdout'
    this.#hasOutputEnded = true
    return undefined
  }

  #takeEnd(): AnswerEvent {
    const ending = readEndRequest(this.bytes, this.start, this.end)
    if (ending === undefined) return this.#violate(FASTCGI_VIOLATIONS.FASTCGI_BODY_MALFORMED)
    this.applicationStatus = ending.applicationStatus
    this.protocolStatus = ending.protocolStatus
    this.#state = 'ended'
    return 'end'
  }

  #violate(problem: string): 'violation' {
    this.problem = problem
    this.#state = 'violated'
    return 'violation'
  }
}
