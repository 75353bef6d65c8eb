// What a FastCGI responder is told on one connection: received bytes in, events of its requests out. Requests may be multiplexed (§3.3);
// what is said of one that is over, or of a type that no responder is sent, is skipped as the specification has it.

import { ReceivedBytes } from '../cgi/received-bytes.ts'
import { readBeginRequest } from './record-contents.ts'
import { RecordReader } from './record-reader.ts'
import { MANAGEMENT_ID, RECORD } from './record-types.ts'
import type { FastcgiViolation } from './violation.ts'

const EMPTY = Buffer.alloc(0)

/**
 * `begin`: see `role`, `keepsConnection`; `params`: they are complete, in `bytes` from `start` to `end`; `params-too-long`: they are not
 * kept; `stdin`: data of the body; `stdin-end`; `abort`; `get-values`: pairs to be answered; `unknown-type`: a management record, of `type`.
 */
export type ResponderEvent =
  | 'begin'
  | 'params'
  | 'params-too-long'
  | 'stdin'
  | 'stdin-end'
  | 'abort'
  | 'get-values'
  | 'unknown-type'
  | 'need-data'
  | 'violation'

/** What a request's records may be, in this order. */
type Stream = 'params' | 'stdin' | 'over'

interface OpenRequest {
  stream: Stream
  readonly params: ReceivedBytes
}

/** Give it bytes with `receive`, then ask `next` until it needs data. */
export class ResponderReader {
  /** Of the event before. */
  requestId = 0
  type = 0
  role = 0
  keepsConnection = false
  bytes: Buffer = EMPTY
  start = 0
  end = 0
  violation: FastcgiViolation | undefined
  readonly #maxParamsBytes: number
  readonly #records = new RecordReader()
  readonly #requests = new Map<number, OpenRequest>()

  constructor(maxParamsBytes: number) {
    this.#maxParamsBytes = maxParamsBytes
  }

  /** In the middle of a record. */
  get isInRecord(): boolean {
    return this.#records.isInRecord
  }

  /** Takes `bytes` from `start` to `end`, which may not change from now on: what is found in them stays where it is. */
  receive(bytes: Buffer, start = 0, end = bytes.length): void {
    this.#records.receive(bytes, start, end)
  }

  /** The request was answered, or is not kept: what still comes for it is skipped, and its number is free. */
  forget(requestId: number): void {
    this.#requests.delete(requestId)
  }

  next(): ResponderEvent {
    if (this.violation !== undefined) return 'violation'
    for (;;) {
      const found = this.#records.next()
      if (found === 'need-data') return 'need-data'
      if (found === 'violation') return this.#violate('FASTCGI_VERSION_UNKNOWN')
      const event = this.#takeRecord()
      if (event !== undefined) return event
    }
  }

  #takeRecord(): ResponderEvent | undefined {
    const { type, requestId, bytes, start, end } = this.#records
    this.type = type
    this.requestId = requestId
    this.bytes = bytes
    this.start = start
    this.end = end
    if (type === RECORD.beginRequest) return this.#begin()
    if (requestId === MANAGEMENT_ID) return type === RECORD.getValues ? 'get-values' : 'unknown-type'
    const request = this.#requests.get(requestId)
    if (request === undefined) return undefined
    switch (type) {
      case RECORD.params:
        return this.#takeParams(request)
      case RECORD.stdin:
        return this.#takeStdin(request)
      case RECORD.abortRequest:
        return 'abort'
      default:
        // Among them FCGI_DATA, which belongs to another role.
        return undefined
    }
  }

  #begin(): ResponderEvent {
    const begin = readBeginRequest(this.bytes, this.start, this.end)
    if (begin === undefined) return this.#violate('FASTCGI_BODY_MALFORMED')
    const { requestId } = this
    if (requestId === MANAGEMENT_ID || this.#requests.has(requestId))
      return this.#violate('FASTCGI_REQUEST_ID_USED')
    this.role = begin.role
    this.keepsConnection = begin.keepsConnection
    this.#requests.set(requestId, { stream: 'params', params: new ReceivedBytes() })
    return 'begin'
  }

  #takeParams(request: OpenRequest): ResponderEvent | undefined {
    if (request.stream !== 'params') return this.#violate('FASTCGI_STREAM_DISORDERED')
    const { params } = request
    if (this.start === this.end) {
      request.stream = 'stdin'
      this.bytes = params.bytes
      this.start = params.position
      this.end = params.end
      params.clear()
      return 'params'
    }
    if (params.length + this.end - this.start > this.#maxParamsBytes) {
      this.forget(this.requestId)
      return 'params-too-long'
    }
    params.receive(this.bytes, this.start, this.end)
    return undefined
  }

  #takeStdin(request: OpenRequest): ResponderEvent {
    if (request.stream !== 'stdin') return this.#violate('FASTCGI_STREAM_DISORDERED')
    if (this.start < this.end) return 'stdin'
    request.stream = 'over'
    return 'stdin-end'
  }

  #violate(code: FastcgiViolation): 'violation' {
    this.violation = code
    return 'violation'
  }
}
