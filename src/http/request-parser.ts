// The request side of an HTTP/1.1 connection without I/O: received bytes in, events out. Rejects, never repairs; how the bytes
// were split over `receive` calls changes nothing. After a violation it is dead.

import { ChunkedBody } from './chunked-body.ts'
import { lineTooLong, parseFieldLine, takeField } from './field-line.ts'
import type { FieldSpan } from './field-line.ts'
import { isTokenByte } from './grammar.ts'
import type { HttpLimits } from './limits.ts'
import { RequestHead } from './request-head.ts'
import { parseRequestLine } from './request-line.ts'
import type { ViolationCode } from './violation.ts'

const CR = 0x0d
const LF = 0x0a
// RFC 9112 §2.2 wants at least one to be ignored (old clients send it after a POST body); an endless row of them is an attack.
const MAX_EMPTY_LINES = 4
const MIN_COPY_BYTES = 1024
const MAX_SPARE_HEADS = 256
const EMPTY = Buffer.alloc(0)
// Stands for the head between two requests.
const NO_HEAD = new RequestHead()
const spareHeads: RequestHead[] = []
// Filled and used up before the next field line is read, so one serves all parsers.
const span: FieldSpan = { nameStart: 0, nameEnd: 0, valueStart: 0, valueEnd: 0, nameHash: 0 }

export type RequestEvent =
  /** `head` is complete; `body` events and `end` follow if `head.hasBody`. */
  | 'head'
  /** Body data: `bytes` between `dataStart` and `dataEnd`. */
  | 'body'
  /** The body is complete. The next call goes on to the next request. */
  | 'end'
  /** Nothing more can be said before more bytes come. */
  | 'need-data'
  /** The peer broke a rule: `violation` says which. */
  | 'violation'

type State = 'before-request' | 'fields' | 'sized-body' | 'chunked-body' | 'dead'

/** Parses the requests of one connection, one after the other: `receive` bytes, then call `next` until `need-data`. */
export class RequestParser {
  /** The head of the request being read; valid from its `head` event until `release`, or until `next` is called after its end. */
  head: RequestHead = NO_HEAD
  /** `head` holds at least its request line. */
  hasRequestLine = false
  dataStart = 0
  dataEnd = 0
  violation: ViolationCode | undefined

  readonly #limits: HttpLimits
  readonly #bodyLimitOf: ((head: RequestHead) => number | undefined) | undefined
  #state: State = 'before-request'
  /** Received bytes; those before `#position` are used up, those from `#length` on are not ours or room to grow. */
  #bytes: Buffer = EMPTY
  #length = 0
  #position = 0
  /** Up to here there is no line feed behind `#position`: a line that comes byte by byte is not searched again for every byte. */
  #searchedTo = 0
  #ownsBytes = false
  #headStart = 0
  #emptyLines = 0
  #bodyRemaining = 0
  #chunked: ChunkedBody | undefined

  /** `bodyLimitOf`: the largest body of a request with that head, where it is not that of `limits`. */
  constructor(limits: HttpLimits, bodyLimitOf?: (head: RequestHead) => number | undefined) {
    this.#limits = limits
    this.#bodyLimitOf = bodyLimitOf
  }

  /** The bytes that `dataStart` and `dataEnd` count in. */
  get bytes(): Buffer {
    return this.#bytes
  }

  /** Received bytes that no event has spoken of yet. */
  get pendingBytes(): number {
    return this.#length - this.#position
  }

  /** Bytes that are still to come of a body of known length; 0 for all others. */
  get dueBodyBytes(): number {
    return this.#state === 'sized-body' ? this.#bodyRemaining : 0
  }

  /** Whether a request has begun and is not complete. */
  get isInRequest(): boolean {
    return this.#state !== 'before-request' || this.pendingBytes > 0
  }

  /**
   * Takes bytes from the peer: `chunk` from `start` to `end`, which must not change any more. They are not copied as long as each
   * call is followed by `next` until `need-data`.
   */
  receive(chunk: Buffer, start = 0, end: number = chunk.length): void {
    if (this.#length === this.#position && this.#state !== 'fields') {
      this.#bytes = chunk
      this.#position = start
      this.#length = end
      this.#searchedTo = 0
      this.#ownsBytes = false
    } else {
      this.#append(chunk, start, end)
    }
  }

  next(): RequestEvent {
    switch (this.#state) {
      case 'before-request':
        return this.#readRequestLine()
      case 'fields':
        return this.#readFields()
      case 'sized-body':
        return this.#readSizedBody()
      case 'chunked-body':
        return this.#readChunkedBody()
      case 'dead':
        return 'violation'
    }
  }

  /** Keeps what is not used up in bytes of its own: received bytes may be a small part of a large piece of memory. */
  ownRest(): void {
    if (this.#ownsBytes || (this.pendingBytes === 0 && this.#state !== 'fields')) return
    this.#append(EMPTY, 0, 0)
  }

  /** Forgets a finished request, so that an idle connection holds no memory for it. */
  release(): void {
    if (this.head !== NO_HEAD) {
      this.head.release()
      if (spareHeads.length < MAX_SPARE_HEADS) spareHeads.push(this.head)
      this.head = NO_HEAD
      this.hasRequestLine = false
    }
    if (this.#length === this.#position) {
      this.#bytes = EMPTY
      this.#length = this.#position = this.#searchedTo = 0
    }
  }

  #readRequestLine(): RequestEvent {
    while (this.#position < this.#length && this.#bytes[this.#position] === CR) {
      if (this.#position + 1 === this.#length) return 'need-data'
      if (this.#bytes[this.#position + 1] !== LF) return this.#fail('LINE_END')
      if (++this.#emptyLines > MAX_EMPTY_LINES) return this.#fail('EMPTY_LINES')
      this.#position += 2
    }
    const start = this.#position
    if (start === this.#length) return 'need-data'
    // At once, not at the line's end: a byte that can start no request will not be followed by one.
    if (!isTokenByte(this.#bytes[start]!)) return this.#fail('REQUEST_LINE_MALFORMED')
    const lineFeed = this.#findLineFeed(start)
    const received = (lineFeed === -1 ? this.#length : lineFeed) - start
    if (received > this.#limits.maxRequestLineBytes + 1) return this.#fail('REQUEST_LINE_TOO_LONG')
    if (lineFeed === -1) return 'need-data'
    if (this.#bytes[lineFeed - 1] !== CR) return this.#fail('LINE_END')
    if (this.head === NO_HEAD) this.head = spareHeads.pop() ?? new RequestHead()
    this.head.reset(this.#bytes)
    const violation = parseRequestLine(this.head, start, lineFeed - 1)
    if (violation !== undefined) return this.#fail(violation)
    this.hasRequestLine = true
    this.#emptyLines = 0
    this.#headStart = start
    this.#position = lineFeed + 1
    this.#state = 'fields'
    return this.#readFields()
  }

  #readFields(): RequestEvent {
    const head = this.head
    const bytes = this.#bytes
    for (;;) {
      const start = this.#position
      const lineFeed = this.#findLineFeed(start)
      const received = (lineFeed === -1 ? this.#length : lineFeed) - start
      const tooLong = lineTooLong(received, start - this.#headStart, this.#limits.maxHeadBytes, this.#limits)
      if (tooLong !== undefined) return this.#fail(tooLong === 'part' ? 'HEAD_TOO_LONG' : 'FIELD_TOO_LONG')
      if (lineFeed === -1) return 'need-data'
      if (received === 0 || bytes[lineFeed - 1] !== CR) return this.#fail('LINE_END')
      this.#position = lineFeed + 1
      if (received === 1) return this.#finishHead()
      if (head.fieldCount === this.#limits.maxHeaders) return this.#fail('TOO_MANY_FIELDS')
      const violation = parseFieldLine(bytes, start, lineFeed - 1, span) ?? takeField(head, span)
      if (violation !== undefined) return this.#fail(violation)
    }
  }

  get #maxBodyBytes(): number {
    return this.#bodyLimitOf?.(this.head) ?? this.#limits.maxBodyBytes
  }

  #finishHead(): RequestEvent {
    const head = this.head
    if (head.hostField === -1 && head.minorVersion >= 1) return this.#fail('HOST_MISSING')
    const maxBodyBytes = head.hasBody ? this.#maxBodyBytes : 0
    if (head.contentLength > maxBodyBytes) return this.#fail('BODY_TOO_LARGE')
    if (head.isChunked) {
      this.#chunked = new ChunkedBody(this.#limits, maxBodyBytes)
      this.#state = 'chunked-body'
    } else if (head.contentLength > 0) {
      this.#bodyRemaining = head.contentLength
      this.#state = 'sized-body'
    } else {
      this.#state = 'before-request'
    }
    return 'head'
  }

  #readSizedBody(): RequestEvent {
    if (this.#bodyRemaining === 0) {
      this.#state = 'before-request'
      return 'end'
    }
    const taken = Math.min(this.#length - this.#position, this.#bodyRemaining)
    if (taken === 0) return 'need-data'
    this.dataStart = this.#position
    this.dataEnd = this.#position += taken
    this.#bodyRemaining -= taken
    return 'body'
  }

  #readChunkedBody(): RequestEvent {
    const chunked = this.#chunked!
    const bytes = this.#length === this.#bytes.length ? this.#bytes : this.#bytes.subarray(0, this.#length)
    const step = chunked.next(bytes, this.#position)
    this.#position = chunked.position
    switch (step) {
      case 'data':
        this.dataStart = chunked.dataStart
        this.dataEnd = chunked.dataEnd
        return 'body'
      case 'end':
        this.#chunked = undefined
        this.#state = 'before-request'
        return 'end'
      case 'need-data':
        return 'need-data'
      case 'violation':
        return this.#fail(chunked.violation ?? 'CHUNK_MALFORMED')
    }
  }

  #findLineFeed(start: number): number {
    // A loop: lines are short, and a call into C++ costs as much as many bytes.
    const bytes = this.#bytes
    for (let at = Math.max(start, this.#searchedTo); at < this.#length; at++) {
      if (bytes[at] === LF) return at
    }
    this.#searchedTo = this.#length
    return -1
  }

  /** Keeps what is not used up (a head that has begun, all of it) and the chunk in bytes of our own. */
  #append(chunk: Buffer, start: number, end: number): void {
    const keepFrom = this.#state === 'fields' ? this.#headStart : this.#position
    const kept = this.#length - keepFrom
    const added = end - start
    const needed = kept + added
    if (!this.#ownsBytes || this.#length + added > this.#bytes.length) {
      // Doubled each time, so that a head that comes byte by byte is not copied once for every byte.
      const grown = Buffer.allocUnsafeSlow(Math.max(needed * 2, MIN_COPY_BYTES))
      this.#bytes.copy(grown, 0, keepFrom, this.#length)
      this.#bytes = grown
      this.#ownsBytes = true
      if (this.#state === 'fields') this.head.moveTo(grown, keepFrom)
      this.#position -= keepFrom
      this.#searchedTo -= keepFrom
      this.#headStart -= keepFrom
      this.#length = kept
    }
    chunk.copy(this.#bytes, this.#length, start, end)
    this.#length += added
  }

  #fail(code: ViolationCode): RequestEvent {
    this.#state = 'dead'
    this.violation = code
    return 'violation'
  }
}
