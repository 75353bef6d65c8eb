// An application's whole answer, as tests look at it.

import type { ApplicationAnswer } from '../wsgi/answer-of.ts'
import type { Header } from '../wsgi/header.ts'

/** What a `TestClient` got: status, headers, and the whole body. */
export class TestAnswer {
  readonly status: number
  readonly reason: string
  readonly headers: readonly Header[]
  /** The body's blocks as the application gave them. */
  readonly blocks: readonly Uint8Array[]
  readonly body: Buffer
  /** What was written to `wsgi.errors`. */
  readonly errors: string

  constructor(answer: ApplicationAnswer, blocks: readonly Uint8Array[], errors: string) {
    this.status = answer.status
    this.reason = answer.reason
    this.headers = answer.headers
    this.blocks = blocks
    this.body = Buffer.concat(blocks)
    this.errors = errors
  }

  get text(): string {
    return this.body.toString('utf8')
  }

  /** The value of a header, of several the first; undefined without one. */
  header(name: string): string | undefined {
    return this.headersOf(name)[0]
  }

  /** All values of a header, in their order. */
  headersOf(name: string): readonly string[] {
    const lower = name.toLowerCase()
    return this.headers.filter(([each]) => each.toLowerCase() === lower).map(([, value]) => value)
  }

  json(): unknown {
    return JSON.parse(this.text)
  }
}
