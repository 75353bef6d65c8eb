// `wsgi.errors`: what an application writes there appears in the server's log, tagged with its request.

/** PEP 3333, "Input and Error Streams". Whole lines are logged at once, a line begun with `flush` or at the end of the request. */
export interface ErrorStream {
  write(text: string): void
  writelines(lines: Iterable<string>): void
  flush(): void
}

/** Hands whole lines, each with its line end, and at `flush` a line begun, to `emit`. */
export class LineErrorStream implements ErrorStream {
  readonly #emit: (text: string) => void
  #begun = ''

  constructor(emit: (text: string) => void) {
    this.#emit = emit
  }

  write(text: string): void {
    if (typeof text !== 'string') throw new TypeError(`wsgi.errors takes a string, not ${typeof text}`)
    const end = text.lastIndexOf('\n') + 1
    const lines = end === 0 ? '' : this.#begun + text.slice(0, end)
    this.#begun = end === 0 ? this.#begun + text : text.slice(end)
    if (lines !== '') this.#emit(lines)
  }

  writelines(lines: Iterable<string>): void {
    for (const line of lines) this.write(line)
  }

  flush(): void {
    if (this.#begun === '') return
    const begun = this.#begun
    this.#begun = ''
    this.#emit(begun)
  }
}
