// The head of an HTTP request as the access log looks at it.

import { equalsIgnoringCase } from '../../http/grammar.ts'
import type { RequestHead } from '../../http/request-head.ts'
import type { RecordedRequest } from '../access-record.ts'

export class RecordedHead implements RecordedRequest {
  readonly #head: RequestHead

  constructor(head: RequestHead) {
    this.#head = head
  }

  get method(): string {
    return this.#head.method
  }

  get target(): string {
    return this.#head.target
  }

  get protocol(): string {
    return this.#head.minorVersion === 0 ? 'HTTP/1.0' : 'HTTP/1.1'
  }

  field(name: string): string | undefined {
    const head = this.#head
    let value: string | undefined
    for (let field = 0; field < head.fieldCount; field++) {
      const start = head.nameStart(field)
      const end = head.nameEnd(field)
      if (end - start !== name.length || !equalsIgnoringCase(head.bytes, start, end, name)) continue
      const text = head.bytes.toString('latin1', head.valueStart(field), head.valueEnd(field))
      value = value === undefined ? text : `${value}, ${text}`
    }
    return value
  }
}
