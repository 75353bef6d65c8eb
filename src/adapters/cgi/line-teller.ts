// What a script writes to its standard error, as text for `wsgi.errors`, which makes lines of it.

import { StringDecoder } from 'node:string_decoder'
import type { ErrorStream } from '../../wsgi/error-stream.ts'

/** Of a line that has no end. */
const MAX_LINE_CHARACTERS = 65_536

export class LineTeller {
  readonly #errors: ErrorStream
  readonly #decoder = new StringDecoder('utf8')
  #begun = 0

  constructor(errors: ErrorStream) {
    this.#errors = errors
  }

  tell(bytes: Buffer): void {
    this.#write(this.#decoder.write(bytes))
  }

  /** There is no more: a line begun is told as it is. */
  end(): void {
    this.#write(this.#decoder.end())
    this.#errors.flush()
  }

  #write(text: string): void {
    if (text === '') return
    this.#errors.write(text)
    const lineStart = text.lastIndexOf('\n') + 1
    this.#begun = (lineStart === 0 ? this.#begun : 0) + text.length - lineStart
    if (this.#begun <= MAX_LINE_CHARACTERS) return
    this.#begun = 0
    this.#errors.write('\n')
  }
}
