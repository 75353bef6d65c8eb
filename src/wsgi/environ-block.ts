// The environ of a request as an environ block: the strings of RFC 3875 and PEP 3333, written straight into a worker's frame.
// Only this file knows how a request's parts become environ keys; gateways hand it bytes.

import { hexValue } from '../http/grammar.ts'
import { isUnder } from './path-prefix.ts'

const NUL = 0
const PERCENT = 0x25
const SLASH = 0x2f
const HYPHEN = 0x2d
const UNDERSCORE = 0x5f
const COMMA = 0x2c
const SEMICOLON = 0x3b
const SPACE = 0x20
const HTTP_PREFIX = Buffer.from('HTTP_', 'latin1')

// RFC 3875 §4.1.18: a field name in upper case with "-" as "_".
const KEY_BYTES = new Uint8Array(256)
for (let byte = 0; byte < 256; byte++) {
  KEY_BYTES[byte] = byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte === HYPHEN ? UNDERSCORE : byte
}

/** `KEY NUL value NUL …` for pairs that many requests share. */
export function encodePairs(pairs: Readonly<Record<string, string>>): Buffer {
  const strings = Object.entries(pairs).flatMap(([key, value]) => [key, value])
  return Buffer.from(`${strings.join('\0')}\0`, 'latin1')
}

/** Key bytes with their NUL, for `EnvironBlock.put`. */
export function environKey(name: string): Buffer {
  return Buffer.from(`${name}\0`, 'latin1')
}

/** Writes one environ block. Made once and pointed at the next buffer for each request. */
export class EnvironBlock {
  #target: Buffer = Buffer.alloc(0)
  /** Where the next byte goes. */
  end = 0

  begin(target: Buffer, start: number): void {
    this.#target = target
    this.end = start
  }

  /** Copies pairs that are encoded already. */
  putPairs(pairs: Buffer): void {
    this.putBytes(pairs, 0, pairs.length)
  }

  /** Writes `key` (with its NUL) and the bytes between `start` and `end`. */
  put(key: Buffer, bytes: Buffer, start: number, end: number): void {
    this.putBytes(key, 0, key.length)
    this.putBytes(bytes, start, end)
    this.endValue()
  }

  putText(key: Buffer, text: string): void {
    this.putBytes(key, 0, key.length)
    this.end += this.#target.write(text, this.end, 'latin1')
    this.endValue()
  }

  /** Begins the pair of a field (`HTTP_…`); `putBytes` and `endValue` follow. */
  beginField(bytes: Buffer, nameStart: number, nameEnd: number): void {
    this.putBytes(HTTP_PREFIX, 0, HTTP_PREFIX.length)
    const target = this.#target
    let at = this.end
    for (let i = nameStart; i < nameEnd; i++) target[at++] = KEY_BYTES[bytes[i]!]!
    target[at++] = NUL
    this.end = at
  }

  putBytes(bytes: Buffer, start: number, end: number): void {
    // A loop beats a call into C++ for the few bytes that most keys and values have.
    const target = this.#target
    let at = this.end
    for (let i = start; i < end; i++) target[at++] = bytes[i]!
    this.end = at
  }

  /** Joins the values of a repeated field, RFC 9110 §5.3; Cookie has a separator of its own (RFC 6265 §4.2.1). */
  putSeparator(isCookie: boolean): void {
    if (isCookie) {
      this.#target[this.end++] = SEMICOLON
      this.#target[this.end++] = SPACE
    } else {
      this.#target[this.end++] = COMMA
    }
  }

  endValue(): void {
    this.#target[this.end++] = NUL
  }

  /** Writes a value without a key. */
  putValue(bytes: Buffer, start: number, end: number): void {
    this.putBytes(bytes, start, end)
    this.endValue()
  }

  /** Writes the value of PATH_INFO: the path behind the mount prefix, with `%xx` decoded to bytes, each of them a character (PEP 3333). */
  putPath(mount: Buffer, bytes: Buffer, start: number, end: number, isEncoded: boolean): void {
    const pathStart = mount.length > 0 && isUnder(mount, bytes, start, end) ? start + mount.length : start
    if (start === end) this.#target[this.end++] = SLASH
    else this.#decode(bytes, pathStart, end, isEncoded)
    this.endValue()
  }

  #decode(bytes: Buffer, start: number, end: number, isEncoded: boolean): void {
    if (!isEncoded) {
      this.putBytes(bytes, start, end)
      return
    }
    const target = this.#target
    let at = this.end
    for (let i = start; i < end; i++) {
      if (bytes[i] === PERCENT) {
        target[at++] = hexValue(bytes[i + 1]!) * 16 + hexValue(bytes[i + 2]!)
        i += 2
      } else {
        target[at++] = bytes[i]!
      }
    }
    this.end = at
  }
}
