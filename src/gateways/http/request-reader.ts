// The reading side of a connection: received bytes in, one request after the other out, each when its turn has come. Knows how long
// a client may take to send one, and when to stop reading from it.

import type { GantryError } from '../../errors.ts'
import type { RequestHead } from '../../http/request-head.ts'
import { RequestParser } from '../../http/request-parser.ts'
import type { ViolationCode } from '../../http/violation.ts'
import type { RequestBody } from '../../wsgi/exchange.ts'
import { Deadline } from '../deadline.ts'
import { NO_BODY } from '../../spool/incoming-body.ts'
import { BodyIntake } from '../body-intake.ts'
import type { IntakeOwner } from '../body-intake.ts'
import type { ServerContext } from '../server-context.ts'
import { keep, kept } from '../input-slab.ts'

/**
 * What is read next. `answer`: nothing before the request is answered, but for a body that the application reads while it arrives;
 * `rest`: the end of a body that the application, which has answered, did not read; `full`: nothing before the client takes answers.
 */
type State = 'idle' | 'head' | 'body' | 'answer' | 'rest' | 'full' | 'stopped'

/** What a reader needs of its connection. */
export interface ReaderOwner {
  /** Something of an answer waits for the client. */
  readonly isSending: boolean
  /** Whether another answer may come to wait for the client; if not, the reader is told with `roomAgain` when it may. */
  hasRoomToAnswer(): boolean
  /** Looks at a head before anything of the request is acted on; returns what is wrong with it. */
  check(head: RequestHead): ViolationCode | undefined
  /** A request can be answered. The reader goes on when it is told `answered`. */
  requested(head: RequestHead, body: RequestBody): void
  /** The client broke a rule or took too long. */
  refuse(code: ViolationCode): void
  /** The body cannot be kept. */
  bodyFailed(error: GantryError): void
  sendContinue(): void
  pauseReading(): void
  resumeReading(): void
  /** As many pipelined requests wait as may: nothing more is read before `resumeReading`. */
  pipelineFull(): void
  /** Nothing more is expected of the client. */
  close(): void
  /** Nothing of a request has come in time. */
  idleExpired(): void
}

// Most heads end in the first piece of a read that is as large as this: what follows of a body need not be kept twice.
const LARGE_READ_BYTES = 4096
const FIRST_PIECE_BYTES = 2048

export class RequestReader implements IntakeOwner {
  readonly #server: ServerContext
  readonly #owner: ReaderOwner
  readonly #parser: RequestParser
  readonly #deadline: Deadline
  /** Made for the first request that has a body. */
  #intake: BodyIntake | undefined
  #state: State = 'idle'
  #hasEnded = false
  #isAdvancing = false
  /** What the parser reads now is overwritten as soon as it is taken. */
  #isLent = false
  /** What was read behind that. */
  #behindBytes = 0

  constructor(server: ServerContext, owner: ReaderOwner) {
    this.#server = server
    this.#owner = owner
    this.#parser = new RequestParser(server.bounds, (head) => server.routeOf(head)?.maxBodyBytes)
    this.#deadline = new Deadline(server.wheel, () => this.#expired())
    // Who connects has something to say.
    this.#deadline.start(server.times.headTimeoutMs)
  }

  /** Between two requests, or before the first. */
  get isIdle(): boolean {
    return this.#state === 'idle'
  }

  /** The client waits for an answer, or will when its request is complete. */
  get owesAnswer(): boolean {
    return this.#state === 'head' || this.#state === 'body' || this.#state === 'answer'
  }

  /** The head of the request being read or answered; undefined while there is not even a request line. */
  get head(): RequestHead | undefined {
    return this.#parser.hasRequestLine ? this.#parser.head : undefined
  }

  /** The application reads a body that is still arriving. */
  get isStreaming(): boolean {
    return this.#intake?.isStreaming === true
  }

  /** Whether the next request can be found behind this one. `isWhole`: nobody reads the body of this one on. */
  canGoOn(isWhole: boolean): boolean {
    return this.#intake === undefined || this.#intake.canGoOn(isWhole)
  }

  /** Takes the first `length` of `bytes`, which may change afterwards. */
  received(bytes: Buffer, length: number): void {
    let taken = 0
    if (length > LARGE_READ_BYTES && this.#state !== 'body') {
      this.#behindBytes = length - FIRST_PIECE_BYTES
      taken = this.#receive(bytes, 0, FIRST_PIECE_BYTES)
      this.#behindBytes = 0
    }
    while (taken < length) taken = this.#receive(bytes, taken, length)
    const isWaiting = this.#state === 'answer' || this.#state === 'full'
    if (isWaiting && this.#parser.pendingBytes > this.#server.bounds.maxPipelinedBytes)
      this.#owner.pipelineFull()
  }

  /** Takes `bytes` up to `end`, or as far as the body goes that they are of; returns where that is. */
  #receive(bytes: Buffer, start: number, end: number): number {
    if (this.#state === 'stopped') return end
    const due = this.#state === 'body' && this.#parser.pendingBytes === 0 ? this.#parser.dueBodyBytes : 0
    const taken = due === 0 ? end : Math.min(end, start + due)
    this.#isLent = due > 0
    if (this.#isLent) {
      this.#parser.receive(bytes, start, taken)
    } else {
      keep(bytes, start, taken)
      this.#parser.receive(kept.bytes, kept.start, kept.end)
    }
    if (this.#readsOn) this.#advance()
    this.#parser.ownRest()
    this.#isLent = false
    return taken
  }

  /** The request was answered: goes on to the next, behind what is left of this one. */
  answered(): void {
    const hasRest = this.isStreaming
    this.#release()
    this.#owner.resumeReading()
    if (hasRest) {
      this.#state = 'rest'
      this.#intake?.beginRest()
      this.#advance()
    } else {
      this.#beIdle()
    }
  }

  /** The client has taken its answers. */
  roomAgain(): void {
    if (this.#state !== 'full') return
    this.#owner.resumeReading()
    this.#beIdle()
  }

  /** The client has sent its last byte. */
  ended(): void {
    this.#hasEnded = true
    switch (this.#state) {
      case 'answer':
        if (this.isStreaming) this.#owner.refuse('BODY_INCOMPLETE')
        break
      case 'body':
        this.#owner.refuse('BODY_INCOMPLETE')
        break
      case 'head':
      case 'idle':
        if (this.#parser.isInRequest) this.#owner.refuse('BODY_INCOMPLETE')
        else this.#owner.close()
        break
      case 'rest':
        this.#owner.close()
        break
      case 'full':
      case 'stopped':
        break
    }
  }

  /** Reads no further request, and keeps nothing of this one. */
  stop(): void {
    this.#state = 'stopped'
    this.#deadline.end()
    this.#intake?.end()
    this.#release()
  }

  pauseReading(): void {
    this.#owner.pauseReading()
  }

  resumeReading(): void {
    this.#owner.resumeReading()
  }

  sendContinue(): void {
    this.#owner.sendContinue()
  }

  bodyExpired(code: ViolationCode): void {
    this.#refuse(code)
  }

  bodyFailed(error: GantryError): void {
    this.#owner.bodyFailed(error)
  }

  /** Reads on until a request is under way, more bytes are needed, or a rule is broken. */
  #advance(): void {
    // An answer that is given at once comes back here while the loop below still runs; it then just goes on.
    if (this.#isAdvancing) return
    this.#isAdvancing = true
    while (this.#takeEvent());
    this.#isAdvancing = false
  }

  /** Acts on one event of the parser. False: nothing more to do for now. */
  #takeEvent(): boolean {
    switch (this.#parser.next()) {
      case 'need-data':
        if (this.#state === 'idle') this.#waitForHead()
        return false
      case 'violation':
        this.#refuse(this.#parser.violation ?? 'REQUEST_LINE_MALFORMED')
        return false
      case 'head':
        this.#takeHead()
        break
      case 'body':
        this.#takeBody()
        break
      case 'end':
        this.#takeEnd()
        break
    }
    return this.#readsOn
  }

  get #readsOn(): boolean {
    if (this.#state === 'answer') return this.isStreaming
    return this.#state !== 'full' && this.#state !== 'stopped'
  }

  #takeHead(): void {
    const { head } = this.#parser
    const violation = this.#owner.check(head)
    if (violation !== undefined) this.#owner.refuse(violation)
    else if (!head.hasBody) this.#request(NO_BODY)
    else this.#beginBody()
  }

  #beginBody(): void {
    const { head } = this.#parser
    const intake = (this.#intake ??= new BodyIntake(this.#server, this))
    if (this.#server.routeOf(head)?.streamRequests === true) {
      this.#request(intake.beginStream(head.contentLength, this.#expectsContinue))
      return
    }
    this.#state = 'body'
    this.#deadline.stop()
    intake.beginWhole(head.contentLength, this.#expectsContinue)
  }

  /** RFC 9110 §10.1.1: not when the body is on its way already, and never to an HTTP/1.0 client. */
  get #expectsContinue(): boolean {
    const { head, pendingBytes } = this.#parser
    return head.expectsContinue && head.minorVersion >= 1 && pendingBytes === 0
  }

  #takeBody(): void {
    const { bytes, dataStart, dataEnd } = this.#parser
    const behindBytes = Math.min(this.#behindBytes, this.#parser.dueBodyBytes)
    const data = bytes.subarray(dataStart, dataEnd)
    if (this.#intake?.take(data, this.#isLent, behindBytes) === false) this.#owner.close()
  }

  #takeEnd(): void {
    if (this.#state === 'body') {
      this.#finishBody()
      return
    }
    this.#intake?.finish()
    if (this.#state === 'rest') this.#beIdle()
  }

  #finishBody(): void {
    const body = this.#intake?.finishWhole() ?? NO_BODY
    if (ArrayBuffer.isView(body) || !('then' in body)) {
      this.#request(body)
      return
    }
    this.#state = 'answer'
    void body.then((complete) => {
      // Otherwise bodyFailed was called, or the client has left.
      if (complete !== undefined && this.#state === 'answer') this.#request(complete)
    })
  }

  #request(body: RequestBody): void {
    this.#state = 'answer'
    this.#deadline.stop()
    this.#owner.requested(this.#parser.head, body)
  }

  #beIdle(): void {
    if (this.#server.closesIdle && this.#parser.pendingBytes === 0) {
      this.#owner.close()
      return
    }
    // Whole answers are written at once: those to a client that sends and never reads would have no end.
    if (!this.#owner.hasRoomToAnswer()) {
      this.#state = 'full'
      return
    }
    this.#wait('idle', this.#server.times.idleTimeoutMs)
    // An answer that is given at once: who reads on already goes on, and looks at the end when nothing is left.
    if (this.#isAdvancing) return
    if (this.#parser.pendingBytes > 0) this.#advance()
    if (this.#hasEnded) this.ended()
  }

  /** The request whose rest is read has had its answer: a second one would be taken for that of the next. */
  #refuse(code: ViolationCode): void {
    if (this.#state === 'rest') this.#owner.close()
    else this.#owner.refuse(code)
  }

  #expired(): void {
    if (this.#state === 'head') this.#owner.refuse('HEAD_TIMEOUT')
    // A connection is idle from when everything is sent; until then it is watched how that goes on.
    else if (this.#owner.isSending) this.#deadline.start(this.#server.times.idleTimeoutMs)
    else this.#owner.idleExpired()
  }

  #waitForHead(): void {
    if (this.#parser.isInRequest) this.#wait('head', this.#server.times.headTimeoutMs)
    else if (this.#server.closesIdle) this.#owner.close()
  }

  #wait(state: State, forMs: number): void {
    this.#state = state
    this.#deadline.start(forMs)
  }

  #release(): void {
    this.#intake?.release()
    this.#parser.release()
  }
}
