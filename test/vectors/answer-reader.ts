// Reads what a server sends on one connection as HTTP/1.1 answers, interim ones apart. Stricter than a client should be: a
// byte that cannot stand where it stands is an error, as two answers that overlap would otherwise look like one.

export interface Answer {
  readonly status: number
  readonly version: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** One latin-1 character a byte. */
  readonly body: string
}

const HEAD_END = '\r\n\r\n'
const STATUS_LINE = /^HTTP\/(\d\.\d) (\d{3}) [^\r\n]*$/
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\r\n]*?)[ \t]*$/
const CHUNK_SIZE_LINE = /^([0-9a-f]{1,8})\r\n/i

/** The value of the first field with that name, in any case. */
export function fieldOf(answer: Answer, name: string): string | undefined {
  return answer.fields.find(([other]) => other.toLowerCase() === name.toLowerCase())?.[1]
}

export class AnswerReader {
  readonly interim: Answer[] = []
  readonly final: Answer[] = []
  /** What is wrong with what came; nothing is read after it. */
  error: string | undefined

  readonly #methods: readonly string[]
  #received = ''
  #isEnded = false

  /** `methods` of the requests in turn; GET for those beyond. The answer to a HEAD has no body. */
  constructor(methods: readonly string[] = []) {
    this.#methods = methods
  }

  receive(bytes: Buffer): void {
    this.#received += bytes.toString('latin1')
    this.#readAll()
  }

  /** The server has closed its side. */
  end(): void {
    this.#isEnded = true
    this.#readAll()
    if (this.#received !== '')
      this.error ??= `the server closed in the middle of an answer: ${excerpt(this.#received)}`
  }

  #readAll(): void {
    while (this.error === undefined && this.#received !== '' && this.#readOne());
  }

  /** Reads one answer. False when more bytes are needed, or something is wrong. */
  #readOne(): boolean {
    const headEnd = this.#received.indexOf(HEAD_END)
    if (headEnd === -1) {
      // Said at once: a wrong answer need not ever get an end.
      if (!'HTTP/1.'.startsWith(this.#received.slice(0, 7)))
        this.error = `no answer begins with ${excerpt(this.#received)}`
      return false
    }
    const [statusLine = '', ...fieldLines] = this.#received.slice(0, headEnd).split('\r\n')
    const status = STATUS_LINE.exec(statusLine)
    const fields = fieldLines.map((line) => FIELD_LINE.exec(line))
    if (status === null || fields.includes(null)) {
      this.error = `malformed head: ${excerpt(this.#received)}`
      return false
    }
    const head: Answer = {
      version: status[1]!,
      status: Number(status[2]),
      fields: fields.map((field) => [field![1]!, field![2]!]),
      body: '',
    }
    return this.#readBody(head, headEnd + HEAD_END.length)
  }

  #readBody(head: Answer, start: number): boolean {
    if (head.status < 200) {
      this.#received = this.#received.slice(start)
      this.interim.push(head)
      return true
    }
    const end = this.#bodyEnd(head, start)
    if (end === undefined) return false
    this.final.push({ ...head, body: end.body })
    this.#received = this.#received.slice(end.at)
    return true
  }

  /** RFC 9112 §6.3. Undefined while the end has not come. */
  #bodyEnd(head: Answer, start: number): { readonly at: number; readonly body: string } | undefined {
    const isHead = this.#methods[this.final.length] === 'HEAD'
    if (isHead || head.status === 204 || head.status === 304) return { at: start, body: '' }
    const length = fieldOf(head, 'content-length')
    if (fieldOf(head, 'transfer-encoding') !== undefined) {
      if (length !== undefined) this.error = 'an answer has both Content-Length and Transfer-Encoding'
      return length === undefined ? this.#readChunks(start) : undefined
    }
    if (length === undefined) {
      const { length: at } = this.#received
      return this.#isEnded ? { at, body: this.#received.slice(start) } : undefined
    }
    if (!/^\d+$/.test(length)) {
      this.error = `the length ${length} is no number`
      return undefined
    }
    const at = start + Number(length)
    return at <= this.#received.length ? { at, body: this.#received.slice(start, at) } : undefined
  }

  #readChunks(start: number): { readonly at: number; readonly body: string } | undefined {
    let at = start
    let body = ''
    for (;;) {
      const rest = this.#received.slice(at)
      const size = CHUNK_SIZE_LINE.exec(rest)
      if (size === null) {
        if (rest.includes('\n')) this.error = `no chunk begins with ${excerpt(rest)}`
        return undefined
      }
      const dataStart = at + size[0].length
      const dataEnd = dataStart + Number.parseInt(size[1]!, 16)
      if (this.#received.length < dataEnd + 2) return undefined
      if (this.#received.slice(dataEnd, dataEnd + 2) !== '\r\n') {
        this.error = 'a chunk does not end with CR LF'
        return undefined
      }
      if (dataEnd === dataStart) return { at: dataEnd + 2, body }
      body += this.#received.slice(dataStart, dataEnd)
      at = dataEnd + 2
    }
  }
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
