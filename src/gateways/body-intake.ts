// Takes in the body of the request being read: to be handed over complete, to be read by the application while it arrives, or to be
// dropped because the application has answered without it. Knows how long the client may take for it.

import type { GantryError } from '../errors.ts'
import type { ViolationCode } from '../http/violation.ts'
import type { RequestBody } from '../wsgi/exchange.ts'
import { PacedDeadline } from './deadline.ts'
import { IncomingStream } from './incoming-stream.ts'
import type { StreamFeeder } from './incoming-stream.ts'
import { IncomingBody } from '../spool/incoming-body.ts'
import type { ServerContext } from './server-context.ts'

// How much of a body that the application did not read is read and dropped so that the connection can live on.
const MAX_REST_BYTES = 262_144

/** What the intake needs of its connection. */
export interface IntakeOwner {
  /** Nothing more can be taken in until `resumeReading`. */
  pauseReading(): void
  resumeReading(): void
  /** The client, which waits for 100 Continue, may send its body now. */
  sendContinue(): void
  /** The body did not arrive in time. */
  bodyExpired(code: ViolationCode): void
  /** The body cannot be kept. */
  bodyFailed(error: GantryError): void
}

export class BodyIntake implements StreamFeeder {
  readonly #server: ServerContext
  readonly #owner: IntakeOwner
  readonly #time: PacedDeadline
  #whole: IncomingBody | undefined
  #stream: IncomingStream | undefined
  #awaitsContinue = false
  #declaredBytes = -1
  /** Of the body, or of what is dropped of it. */
  #arrivedBytes = 0
  #arrivedMs = 0

  constructor(server: ServerContext, owner: IntakeOwner) {
    this.#server = server
    this.#owner = owner
    const { bodyTimeoutMs, minBodyRate } = server.times
    const pace = { timeoutMs: bodyTimeoutMs, bytesPerSecond: minBodyRate }
    this.#time = new PacedDeadline(server.wheel, pace, () => this.#expired())
  }

  /** The application reads a body that is still arriving. */
  get isStreaming(): boolean {
    return this.#stream !== undefined
  }

  /**
   * Whether the request that follows can be found: not when the client has not been told to send its body yet, as it may never do it, and
   * not when what nobody reads of it (`isWhole`) is more than is worth dropping.
   */
  canGoOn(isWhole: boolean): boolean {
    if (this.#awaitsContinue) return false
    return (
      !isWhole || this.#stream === undefined || this.#declaredBytes - this.#arrivedBytes <= MAX_REST_BYTES
    )
  }

  /** `declaredBytes` is the declared length, or -1. */
  beginWhole(declaredBytes: number, expectsContinue: boolean): void {
    const body = new IncomingBody(this.#server.spool, declaredBytes)
    body.onDrain = () => {
      this.#time.start()
      this.#owner.resumeReading()
    }
    body.onError = (error) => {
      this.release()
      this.#owner.bodyFailed(error)
    }
    this.#whole = body
    this.#beginTime()
    this.#time.start()
    if (expectsContinue) this.#owner.sendContinue()
  }

  beginStream(declaredBytes: number, expectsContinue: boolean): IncomingStream {
    this.#awaitsContinue = expectsContinue
    this.#declaredBytes = declaredBytes
    this.#arrivedBytes = 0
    this.#beginTime()
    return (this.#stream = new IncomingStream(this))
  }

  /** The application has answered: what is still to come of the body is dropped. */
  beginRest(): void {
    this.#stream = undefined
    this.#arrivedBytes = 0
    this.#beginTime()
    this.#time.start()
  }

  /**
   * Takes body data, which stays as it is unless it is only lent: that may be done with a whole body. `behindBytes` more follow at once.
   * False: it is more than is worth dropping.
   */
  take(data: Buffer, isLent = false, behindBytes = 0): boolean {
    this.#awaitsContinue = false
    this.#arrivedBytes += data.length
    this.#arrivedMs = this.#server.wheel.nowMs
    this.#time.moved(data.length)
    if (this.#whole !== undefined) {
      // Full means that it is our disk which is slow, and the client's time stands still.
      if (!this.#whole.take(data, isLent, behindBytes)) this.#pause()
    } else if (this.#stream !== undefined) {
      if (!this.#stream.push(data)) this.#pause()
      else if (!this.#stream.isWanted) this.#time.stop()
    } else {
      return this.#arrivedBytes <= MAX_REST_BYTES
    }
    return true
  }

  /** The body is complete. Returns the one that was to be handed over whole; undefined if it could not be kept. */
  finishWhole(): RequestBody | Promise<RequestBody | undefined> | undefined {
    this.#time.stop()
    const body = this.#whole
    // The disk may still be behind: the client is read on then, to see it leave, but has nothing more to be in time with.
    if (body !== undefined) body.onDrain = () => this.#owner.resumeReading()
    return body?.finish()
  }

  /** The body is complete that was streamed or dropped. */
  finish(): void {
    this.#time.stop()
    const stream = this.#stream
    this.#stream = undefined
    stream?.finish()
  }

  /** The request is over, or given up: nothing of its body is kept. */
  release(): void {
    this.#time.stop()
    this.#awaitsContinue = false
    this.#stream = undefined
    this.#whole?.discard()
    this.#whole = undefined
  }

  /** The connection is closed. */
  end(): void {
    this.release()
    this.#time.end()
  }

  wanted(): void {
    if (this.#awaitsContinue) {
      this.#awaitsContinue = false
      this.#owner.sendContinue()
    }
    this.#time.start()
  }

  drained(): void {
    this.#owner.resumeReading()
  }

  #pause(): void {
    this.#time.stop()
    this.#owner.pauseReading()
  }

  #beginTime(): void {
    this.#time.refill()
    this.#arrivedMs = this.#server.wheel.nowMs
  }

  #expired(): void {
    const isPause = this.#server.wheel.nowMs - this.#arrivedMs >= this.#server.times.bodyTimeoutMs
    this.#owner.bodyExpired(isPause ? 'BODY_TIMEOUT' : 'BODY_TOO_SLOW')
  }
}
