// One run of an application whose answer is written down, event by event, by a sink and an owner that the test controls.

import { testClient } from '../../src/testing/index.ts'
import type { TestRequest } from '../../src/testing/index.ts'
import { type AnswerSink, ApplicationRun, type RunOwner } from '../../src/wsgi/application-run.ts'
import type { CheckedHead } from '../../src/wsgi/checked-head.ts'
import type { Application } from '../../src/wsgi/index.ts'

/** `OK` without headers. */
export const OK = ['200 OK', []] as [string, []]

export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')

export class RecordedRun implements AnswerSink, RunOwner {
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined
  /** What `write` says. */
  hasRoom = true
  readonly events: string[] = []
  /** What was thrown, unchanged. */
  readonly thrown: unknown[] = []
  /** Heads as they were begun. */
  readonly heads: CheckedHead[] = []
  /** Resolves when the run is over. */
  readonly ended: Promise<void>
  #end: () => void = () => undefined
  readonly #during: Readonly<Record<string, () => void>>

  /** `during`: what happens in the middle of a call, by the event's first word. */
  constructor(during: Readonly<Record<string, () => void>> = {}) {
    this.#during = during
    this.ended = new Promise((resolve) => (this.#end = resolve))
  }

  run(application: Application, request: TestRequest = {}): this {
    const environ = testClient(application).environ(request)
    new ApplicationRun(this, this, environ.REQUEST_METHOD === 'HEAD').start(application, environ)
    return this
  }

  /** The client leaves. */
  leave(): void {
    this.onGone?.()
  }

  /** The client has taken what there was. */
  drain(): void {
    this.hasRoom = true
    this.onDrain?.()
  }

  answer(head: CheckedHead, data: Uint8Array, start: number, end: number): void {
    this.heads.push(head)
    this.#add(`answer ${head.status} ${textOf(data.subarray(start, end))}`)
  }

  begin(head: CheckedHead): void {
    this.heads.push(head)
    this.#add(`begin ${head.status}`)
  }

  write(data: Uint8Array): boolean {
    this.#add(`write ${textOf(data)}`)
    return this.hasRoom
  }

  end(): void {
    this.#add('end')
  }

  abort(): void {
    this.#add('abort')
  }

  failed(error: unknown): void {
    this.thrown.push(error)
    this.#add('failed')
  }

  failedLate(error: unknown): void {
    this.thrown.push(error)
    this.#add('failedLate')
  }

  warned(level: string, text: string): void {
    this.#add(`${level}: ${text.split('\n', 1)[0]!}`)
  }

  over(): void {
    this.#add('over')
    this.#end()
  }

  #add(event: string): void {
    this.events.push(event)
    this.#during[event.split(' ', 1)[0]!]?.()
  }
}

const LONGEST_SHOWN = 20

function textOf(data: Uint8Array): string {
  return data.length > LONGEST_SHOWN ? `${data.length} bytes` : Buffer.from(data).toString('latin1')
}
