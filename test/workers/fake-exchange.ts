// A request as an application's side sees it, whose gateway is the test.

import type { ClientState, Exchange, FileBody, RequestBody, StreamedBody } from '../../src/wsgi/exchange.ts'

/** A body that comes when the test says so. */
export class FakeStreamedBody implements StreamedBody {
  onArrival: (() => void) | undefined
  /** Called when something is asked for that is not there. */
  onWanted: (() => void) | undefined
  #arrived = Buffer.alloc(0)
  #isComplete = false

  arrive(text: string): void {
    this.#arrived = Buffer.concat([this.#arrived, Buffer.from(text, 'latin1')])
    this.#tell()
  }

  finish(): void {
    this.#isComplete = true
    this.#tell()
  }

  take(maxBytes: number): Uint8Array | 'end' | undefined {
    if (this.#arrived.length === 0) {
      if (this.#isComplete) return 'end'
      this.onWanted?.()
      return undefined
    }
    const taken = this.#arrived.subarray(0, maxBytes)
    this.#arrived = this.#arrived.subarray(taken.length)
    return taken
  }

  #tell(): void {
    const { onArrival } = this
    this.onArrival = undefined
    onArrival?.()
  }
}

export class FakeExchange implements Exchange {
  readonly id = 'fake'
  readonly method = 'POST'
  readonly target = '/'
  readonly body: RequestBody
  readonly sharedEnviron = new Uint8Array(0)
  client: ClientState = 'here'
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined
  /** What was done to it, in order. */
  readonly events: string[] = []
  readonly files: FileBody[] = []
  /** What `write` says. */
  hasRoom = true

  constructor(body: RequestBody = new Uint8Array(0)) {
    this.body = body
  }

  leave(): void {
    this.client = 'gone'
    this.onGone?.()
  }

  environBytes(): number {
    return 0
  }

  writeEnviron(_target: Buffer, start: number): number {
    return start
  }

  answer(): void {
    this.events.push('answer')
  }

  begin(): void {
    this.events.push('begin')
  }

  write(data: Uint8Array): boolean {
    this.events.push(Buffer.from(data).toString('latin1'))
    return this.hasRoom
  }

  sendFile(file: FileBody): void {
    this.files.push(file)
    this.events.push('file')
  }

  end(): void {
    this.events.push('end')
  }

  abort(): void {
    this.events.push('abort')
  }

  drop(): void {
    this.events.push('drop')
  }

  fail(status: number): void {
    this.events.push(`fail ${status}`)
  }
}
