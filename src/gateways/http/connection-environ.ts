// The environ of one connection's requests, in two parts: what this request shares with the one before, and what is its own. A client
// sends the same fields again and again, so they are encoded once, and a worker that has seen the same bytes parses them once.

import type { RequestHead } from '../../http/request-head.ts'
import { httpEnvironBytes, writeFieldPairs, writeRequestLine } from './http-environ.ts'
import type { EnvironSettings } from './http-environ.ts'

// Longer ones are not remembered: an idle connection must stay small.
const MAX_REMEMBERED_BYTES = 2048
const EMPTY = Buffer.alloc(0)

export class ConnectionEnviron {
  readonly #pairs: Buffer
  readonly #settings: EnvironSettings
  /** The field lines of the request before, as they came. */
  #fieldLines: Buffer = EMPTY
  #fieldLinesLength = 0
  #minorVersion = 1
  /** The connection's pairs and those of `#fieldLines`; made when they come a second time. */
  #pairsWithFields: Buffer | undefined

  /** `pairs` are encoded: SERVER_*, REMOTE_*, SCRIPT_NAME and `wsgi.url_scheme`. */
  constructor(pairs: Buffer, settings: EnvironSettings) {
    this.#pairs = pairs
    this.#settings = settings
  }

  /** The shared environ block of a request: call it once for each, in their order. */
  share(head: RequestHead): Buffer {
    const { fieldCount, hostField } = head
    // A target in absolute form brings a host of its own, which is no field.
    if (fieldCount === 0 || hostField === -1 || head.hostStart !== head.valueStart(hostField))
      return this.#pairs
    const start = head.nameStart(0)
    const end = head.valueEnd(fieldCount - 1)
    if (this.#isRemembered(head.bytes, start, end))
      return (this.#pairsWithFields ??= this.#encodeWithFields(head))
    this.#minorVersion = head.minorVersion
    this.#remember(head.bytes, start, end)
    return this.#pairs
  }

  /** No more bytes than this are written by `writeOwn`. */
  ownBytes(head: RequestHead): number {
    return httpEnvironBytes(head)
  }

  /** Writes the environ block that `shared`, what `share` returned, leaves over. Returns where it ends. */
  writeOwn(target: Buffer, start: number, head: RequestHead, bodyBytes: number, shared: Buffer): number {
    const end = writeRequestLine(target, start, head, bodyBytes, this.#settings.mount)
    return shared === this.#pairs ? writeFieldPairs(target, end, head, this.#settings) : end
  }

  #isRemembered(bytes: Buffer, start: number, end: number): boolean {
    const length = end - start
    if (length !== this.#fieldLinesLength) return false
    const remembered = this.#fieldLines
    for (let i = 0; i < length; i++) {
      if (bytes[start + i] !== remembered[i]) return false
    }
    return true
  }

  #remember(bytes: Buffer, start: number, end: number): void {
    const length = end - start
    this.#pairsWithFields = undefined
    this.#fieldLinesLength = length <= MAX_REMEMBERED_BYTES ? length : 0
    if (this.#fieldLinesLength === 0) return
    if (this.#fieldLines.length < length) this.#fieldLines = Buffer.allocUnsafe(length)
    bytes.copy(this.#fieldLines, 0, start, end)
  }

  #encodeWithFields(head: RequestHead): Buffer {
    const room = Buffer.allocUnsafe(httpEnvironBytes(head))
    const fields = room.subarray(0, writeFieldPairs(room, 0, head, this.#settings))
    const both = Buffer.allocUnsafe(this.#pairs.length + fields.length)
    this.#pairs.copy(both)
    fields.copy(both, this.#pairs.length)
    return both
  }
}
