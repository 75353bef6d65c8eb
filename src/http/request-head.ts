// A request's head as spans of the received bytes. Nothing is copied or turned into strings until somebody asks: the hot path
// copies names and values from here straight into a worker's frame.

const EMPTY = Buffer.alloc(0)
const FIELD_INTS = 5
const INITIAL_FIELDS = 16
const G = 0x47
const E = 0x45
const T = 0x54

/** Request line and fields of one request. Made and filled by the request parser; valid until the parser is asked to go on. */
export class RequestHead {
  /** Holds the head; every span below counts from its start. */
  bytes: Buffer = EMPTY
  methodStart = 0
  methodEnd = 0
  targetStart = 0
  targetEnd = 0
  /** Path of the target, percent-encoded as sent; in absolute-form it may be empty, which means `/`. */
  pathStart = 0
  pathEnd = 0
  hasEncodedPath = false
  /** Query without its `?`; empty when there is none. */
  queryStart = 0
  /** Host field value, or the authority of an absolute-form target, which wins (RFC 9112 §3.2.2). -1 without one. */
  hostStart = -1
  hostEnd = -1
  /** Index of the Host field among the fields; -1 without one. */
  hostField = -1
  isHead = false
  isAsterisk = false
  minorVersion = 1
  fieldCount = 0
  /** Declared length of the body; -1 without Content-Length. */
  contentLength = -1
  isChunked = false
  expectsContinue = false
  asksClose = false
  asksKeepAlive = false
  /** Some name may stand more than once (RFC 9110 §5.3); false is certain. */
  mayRepeatNames = false

  #fields = new Int32Array(INITIAL_FIELDS * FIELD_INTS)
  #seenNames = 0

  get hasBody(): boolean {
    return this.isChunked || this.contentLength > 0
  }

  /** Whether the connection may be kept after this exchange (RFC 9112 §9.3). */
  get isPersistent(): boolean {
    return !this.asksClose && (this.minorVersion >= 1 || this.asksKeepAlive)
  }

  /** Begins a new head whose bytes start in `bytes`. */
  reset(bytes: Buffer): void {
    this.bytes = bytes
    this.hasEncodedPath = false
    this.hostStart = -1
    this.hostEnd = -1
    this.hostField = -1
    this.isAsterisk = false
    this.fieldCount = 0
    this.contentLength = -1
    this.isChunked = false
    this.expectsContinue = false
    this.asksClose = false
    this.asksKeepAlive = false
    this.mayRepeatNames = false
    this.#seenNames = 0
  }

  /** Lets go of the bytes, which an idle connection must not keep. */
  release(): void {
    this.bytes = EMPTY
  }

  /** The bytes moved: `offset` of the old buffer is the start of `bytes` now. */
  moveTo(bytes: Buffer, offset: number): void {
    this.bytes = bytes
    this.methodStart -= offset
    this.methodEnd -= offset
    this.targetStart -= offset
    this.targetEnd -= offset
    this.pathStart -= offset
    this.pathEnd -= offset
    this.queryStart -= offset
    if (this.hostStart !== -1) {
      this.hostStart -= offset
      this.hostEnd -= offset
    }
    for (let i = 0; i < this.fieldCount; i++) {
      for (let part = 0; part < 4; part++) this.#fields[i * FIELD_INTS + part]! -= offset
    }
  }

  /** Adds a field; `nameHash` is equal for names that are equal in any case. */
  addField(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number, nameHash: number): void {
    const at = this.fieldCount * FIELD_INTS
    if (at === this.#fields.length) this.#growFields()
    const fields = this.#fields
    fields[at] = nameStart
    fields[at + 1] = nameEnd
    fields[at + 2] = valueStart
    fields[at + 3] = valueEnd
    fields[at + 4] = nameHash
    this.fieldCount++
    const bit = 1 << (nameHash & 31)
    if ((this.#seenNames & bit) !== 0) this.mayRepeatNames = true
    this.#seenNames |= bit
  }

  nameStart(field: number): number {
    return this.#fields[field * FIELD_INTS]!
  }

  nameEnd(field: number): number {
    return this.#fields[field * FIELD_INTS + 1]!
  }

  valueStart(field: number): number {
    return this.#fields[field * FIELD_INTS + 2]!
  }

  valueEnd(field: number): number {
    return this.#fields[field * FIELD_INTS + 3]!
  }

  /** Whether two fields have the same name, in any case. */
  sameName(field: number, other: number): boolean {
    if (this.#fields[field * FIELD_INTS + 4] !== this.#fields[other * FIELD_INTS + 4]) return false
    return this.#foldedName(field) === this.#foldedName(other)
  }

  get method(): string {
    if (this.#isGet) return 'GET'
    return this.bytes.toString('latin1', this.methodStart, this.methodEnd)
  }

  /** The request target as sent. */
  get target(): string {
    return this.bytes.toString('latin1', this.targetStart, this.targetEnd)
  }

  /** Name and value of a field, as sent. */
  field(field: number): readonly [name: string, value: string] {
    return [
      this.bytes.toString('latin1', this.nameStart(field), this.nameEnd(field)),
      this.bytes.toString('latin1', this.valueStart(field), this.valueEnd(field)),
    ]
  }

  /** Nearly all are, and a string made of bytes costs more than a look. */
  get #isGet(): boolean {
    const { bytes, methodStart: at, methodEnd } = this
    return methodEnd - at === 3 && bytes[at] === G && bytes[at + 1] === E && bytes[at + 2] === T
  }

  #foldedName(field: number): string {
    return this.bytes.toString('latin1', this.nameStart(field), this.nameEnd(field)).toLowerCase()
  }

  #growFields(): void {
    const grown = new Int32Array(this.#fields.length * 2)
    grown.set(this.#fields)
    this.#fields = grown
  }
}
