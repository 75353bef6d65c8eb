// A line of the access log while it is put together, as bytes: pieces of text that are glued together and numbers that are made text cost
// several times as much. What came from outside is written so that no request can forge a line or drive a terminal: every byte that is not
// printable ASCII, every quote and every backslash is \xhh. Strings of a record hold one character a byte.

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
const TILDE = 0x7e
const ZERO = 0x30
const POINT = 0x2e
/** What a character may become, as `\uhhhh`. */
const MOST_BYTES = 6
const MOST_BYTES_OF_UTF8 = 3
const MOST_DIGITS = 16
/** Beyond it, 30 years, not every double has its own three decimals. */
const MOST_MICROS = 1e15

export class LineBytes {
  #bytes = Buffer.allocUnsafeSlow(4_096)
  #length = 0

  /** What it holds; overwritten by the next line. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  toString(): string {
    return this.#bytes.toString('utf8', 0, this.#length)
  }

  clear(): void {
    this.#length = 0
  }

  /** ASCII that is ours. */
  text(text: string): void {
    const bytes = this.#withRoom(text.length)
    let at = this.#length
    for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index)
    this.#length = at
  }

  /** Between quotes, or wherever spaces do no harm. */
  quotable(received: string | undefined): void {
    this.#escaped(received, SPACE)
  }

  /** Between spaces instead of quotes. */
  word(received: string | undefined): void {
    this.#escaped(received, SPACE + 1)
  }

  /** The same as it is; false, and nothing is there of it, where it holds anything that would be escaped. */
  plain(received: string): boolean {
    const bytes = this.#withRoom(received.length)
    let at = this.#length
    for (let index = 0; index < received.length; index++) {
      const code = received.charCodeAt(index)
      if (!isPlain(code, SPACE)) return false
      bytes[at++] = code
    }
    this.#length = at
    return true
  }

  /** Text of any characters, in UTF-8. */
  unicode(text: string): void {
    const bytes = this.#withRoom(text.length * MOST_BYTES_OF_UTF8)
    this.#length += bytes.write(text, this.#length)
  }

  number(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) this.text(String(value))
    else this.#digits(value)
  }

  /** With three decimals. */
  milliseconds(ms: number): void {
    const micros = Math.round(ms * 1000)
    if (isCountable(micros)) this.#thousandths(micros)
    else this.text(ms.toFixed(3))
  }

  /** With three decimals at most, or what JSON has for no number. */
  shortMilliseconds(ms: number): void {
    const micros = Math.round(ms * 1000)
    if (!isCountable(micros)) {
      this.text(JSON.stringify(micros / 1000))
      return
    }
    this.#thousandths(micros)
    while (this.#bytes[this.#length - 1] === ZERO) this.#length--
    if (this.#bytes[this.#length - 1] === POINT) this.#length--
  }

  #thousandths(count: number): void {
    const whole = Math.floor(count / 1000)
    this.#digits(whole)
    this.#decimals(count - whole * 1000)
  }

  #digits(value: number): void {
    const bytes = this.#withRoom(MOST_DIGITS)
    let digits = 1
    for (let power = 10; power <= value; power *= 10) digits++
    this.#length += digits
    for (let at = this.#length, rest = value; digits > 0; digits--) {
      const tens = Math.floor(rest / 10)
      bytes[--at] = ZERO + (rest - tens * 10)
      rest = tens
    }
  }

  #decimals(thousandths: number): void {
    const bytes = this.#withRoom(4)
    const hundreds = Math.floor(thousandths / 100)
    const tens = Math.floor(thousandths / 10) - hundreds * 10
    bytes[this.#length++] = POINT
    bytes[this.#length++] = ZERO + hundreds
    bytes[this.#length++] = ZERO + tens
    bytes[this.#length++] = ZERO + thousandths - hundreds * 100 - tens * 10
  }

  #escaped(received: string | undefined, least: number): void {
    if (received === undefined || received === '') {
      this.text('-')
      return
    }
    const bytes = this.#withRoom(received.length * MOST_BYTES)
    let at = this.#length
    for (let index = 0; index < received.length; index++) {
      const code = received.charCodeAt(index)
      if (isPlain(code, least)) bytes[at++] = code
      else at += bytes.write(escapeOf(code), at)
    }
    this.#length = at
  }

  #withRoom(bytes: number): Buffer {
    const needed = this.#length + bytes
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * needed)
      larger.set(this.bytes)
      this.#bytes = larger
    }
    return this.#bytes
  }
}

const isCountable = (micros: number): boolean => micros >= 0 && micros <= MOST_MICROS

const isPlain = (code: number, least: number): boolean =>
  code >= least && code <= TILDE && code !== QUOTE && code !== BACKSLASH

function escapeOf(code: number): string {
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}
