// What a socket has delivered and no message was made of yet, for codecs that read whole parts: what they found stays where it is,
// however much is received afterwards.

const EMPTY = Buffer.alloc(0)
const LEAST_OWN_BYTES = 4096

export class ReceivedBytes {
  /** What is not read yet lies here, from `position` to `end`. */
  bytes: Buffer = EMPTY
  position = 0
  end = 0
  #isOwn = false

  get length(): number {
    return this.end - this.position
  }

  /** Takes `bytes` from `start` to `end`, which may not change from now on. They are not copied when nothing is left over from before. */
  receive(bytes: Buffer, start = 0, end = bytes.length): void {
    if (this.position < this.end) {
      this.#append(bytes, start, end)
      return
    }
    this.bytes = bytes
    this.position = start
    this.end = end
    this.#isOwn = false
  }

  /** Everything that is not read yet is given up. */
  clear(): void {
    this.bytes = EMPTY
    this.position = this.end = 0
    this.#isOwn = false
  }

  /** Behind what is left over, never over anything that was received before. */
  #append(bytes: Buffer, start: number, end: number): void {
    const needed = this.length + end - start
    if (!this.#isOwn || this.position + needed > this.bytes.length) {
      const own = Buffer.allocUnsafeSlow(Math.max(2 * needed, LEAST_OWN_BYTES))
      this.end = this.bytes.copy(own, 0, this.position, this.end)
      this.bytes = own
      this.position = 0
      this.#isOwn = true
    }
    this.end += bytes.copy(this.bytes, this.end, start, end)
  }
}
