// Our codec, driven as the gateway drives it: nothing is read behind a request that ends the connection.

import type { HttpLimits } from '../../src/http/limits.ts'
import { RequestParser } from '../../src/http/request-parser.ts'
import type { Progress, Refusal, RequestReader, SeenRequest } from './reading.ts'

const ROOMY = 1_048_576

/** Out of the way: limits are tested by the corpus, and the other side has none of these. */
const LIMITS: HttpLimits = {
  maxRequestLineBytes: ROOMY,
  maxHeaderBytes: ROOMY,
  maxHeadBytes: ROOMY,
  maxHeaders: 10_000,
  maxTrailerBytes: ROOMY,
  maxChunkExtensionBytes: ROOMY,
  maxBodyBytes: Number.MAX_SAFE_INTEGER,
}

type Head = Omit<SeenRequest, 'body' | 'isComplete'>

export class GantryReader implements RequestReader {
  readonly #parser = new RequestParser(LIMITS)
  readonly #heads: Head[] = []
  readonly #bodies: Buffer[][] = []
  #ends = 0
  #bodyBytes = 0
  #receivedBytes = 0
  #endOffset = 0
  isOver = false

  get progress(): Progress {
    return { heads: this.#heads.length, ends: this.#ends, bodyBytes: this.#bodyBytes }
  }

  get refusal(): Refusal | undefined {
    const code = this.#parser.violation
    return code === undefined ? undefined : { request: this.#ends, code }
  }

  /** Where the request that is not complete yet begins. */
  get endOffset(): number {
    return this.#endOffset
  }

  receive(piece: Buffer): void {
    if (this.isOver) return
    this.#receivedBytes += piece.length
    this.#parser.receive(piece)
    while (this.#takeEvent());
  }

  requests(): SeenRequest[] {
    return this.#heads.map((head, index) => ({
      ...head,
      body: Buffer.concat(this.#bodies[index]!),
      isComplete: index < this.#ends,
    }))
  }

  #takeEvent(): boolean {
    const parser = this.#parser
    switch (parser.next()) {
      case 'need-data':
        return false
      case 'head':
        this.#takeHead()
        return !this.isOver
      case 'body':
        this.#bodyBytes += parser.dataEnd - parser.dataStart
        this.#bodies.at(-1)!.push(Buffer.from(parser.bytes.subarray(parser.dataStart, parser.dataEnd)))
        return true
      case 'end':
        this.#takeEnd()
        return !this.isOver
      case 'violation':
        this.isOver = true
        return false
    }
  }

  #takeHead(): void {
    const { head } = this.#parser
    const fields: string[] = []
    for (let field = 0; field < head.fieldCount; field++) fields.push(...head.field(field))
    const { method, target, minorVersion, isPersistent, hasBody } = head
    const behind = isPersistent ? 'read' : 'not-read'
    this.#heads.push({ method, target, version: `1.${minorVersion}`, fields, behind })
    this.#bodies.push([])
    if (!hasBody) this.#takeEnd()
  }

  #takeEnd(): void {
    this.#ends++
    this.#endOffset = this.#receivedBytes - this.#parser.pendingBytes
    this.isOver = !this.#parser.head.isPersistent
    this.#parser.release()
  }
}
