// One content that a file can be sent as: the file itself or a compressed copy that lies beside it, with the heads of its answers. The bytes of
// a head are the same for every client, so they are made once.

import { judgePreconditions, type Preconditions } from '../../http/preconditions.ts'
import { byteRange } from '../../http/byte-range.ts'
import { formatHttpDate } from '../../http/date.ts'
import { errorPage } from '../../http/error-page.ts'
import { reasonPhrase } from '../../http/reason-phrases.ts'
import type { ResponseHead } from '../../wsgi/response-head.ts'
import type { FileFacts } from './open-file.ts'

export type Coding = 'br' | 'zstd' | 'gzip'
type Field = readonly [name: string, value: string]

/** What its answers say besides what follows from the file. */
export interface RepresentationFields {
  readonly type: string
  /** Undefined for the file as it is. */
  readonly coding: Coding | undefined
  /** Other clients may get another coding. */
  readonly varies: boolean
  readonly cacheControl: string
  /** Whatever else whoever configures it wants. */
  readonly added: readonly Field[]
}

/** What a request says of the content that it wants; undefined for what it does not say. */
export interface ContentRequest extends Preconditions {
  readonly method: string
  readonly range: string | undefined
  readonly ifRange: string | undefined
}

/** Bytes of the file, from `start` to before `end`. */
export interface ContentVerdict {
  readonly kind: 'content'
  readonly head: ResponseHead
  readonly start: number
  readonly end: number
}
export type Verdict =
  | ContentVerdict
  /** None of them. */
  | { readonly kind: 'page'; readonly head: ResponseHead; readonly body: Buffer }

const EMPTY = Buffer.alloc(0)

export class Representation {
  /** Without links. */
  readonly path: string
  readonly facts: FileFacts
  readonly coding: Coding | undefined
  /** All bytes; undefined where they are read when they are sent. */
  readonly content: Buffer | undefined
  readonly entityTag: string
  readonly lastModified: string
  readonly #fields: RepresentationFields
  readonly #whole: Verdict
  #notModified: Verdict | undefined

  constructor(
    { path, facts }: Pick<Representation, 'path' | 'facts'>,
    content: Buffer | undefined,
    fields: RepresentationFields,
    nowMs: number,
  ) {
    this.path = path
    this.facts = facts
    this.content = content
    this.coding = fields.coding
    this.#fields = fields
    this.entityTag = entityTagOf(facts, fields.coding)
    // RFC 9110 §8.8.2.1: never later than the answer.
    this.lastModified = formatHttpDate(Math.min(facts.modifiedMs, nowMs))
    const head = headOf(200, facts.size, [...this.#contentFields(), ['Accept-Ranges', 'bytes']])
    this.#whole = { kind: 'content', head, start: 0, end: facts.size }
  }

  /** The same of another content of the file. */
  ofContent(opened: Pick<Representation, 'path' | 'facts'>, nowMs: number): Representation {
    return new Representation(opened, undefined, this.#fields, nowMs)
  }

  /** What a GET or HEAD request is to be answered: the order is that of RFC 9110 §13.2.2. */
  judge(request: ContentRequest): Verdict {
    switch (judgePreconditions(request, this)) {
      case 200:
        return this.#asked(request)
      case 304:
        return (this.#notModified ??= {
          kind: 'page',
          head: headOf(304, -1, this.#validationFields()),
          body: EMPTY,
        })
      case 412:
        return { kind: 'page', ...errorPage(412, undefined, [['ETag', this.entityTag]]) }
    }
  }

  #asked({ method, range, ifRange }: ContentRequest): Verdict {
    // §14.2: ranges are defined for GET alone.
    if (range === undefined || method !== 'GET' || !this.#isRangeOf(ifRange)) return this.#whole
    const { size } = this.facts
    const asked = byteRange(range, size)
    if (asked === undefined) return this.#whole
    if (asked === 'unsatisfiable')
      return { kind: 'page', ...errorPage(416, undefined, [['Content-Range', `bytes */${size}`]]) }
    const { start, end } = asked
    const fields: Field[] = [...this.#contentFields(), ['Content-Range', `bytes ${start}-${end - 1}/${size}`]]
    return { kind: 'content', head: headOf(206, end - start, fields), start, end }
  }

  /** §13.1.5: the client has a part of exactly this content. A date has to be the same to the letter. */
  #isRangeOf(ifRange: string | undefined): boolean {
    return ifRange === undefined || ifRange === this.entityTag || ifRange === this.lastModified
  }

  #contentFields(): readonly Field[] {
    const { type, coding } = this.#fields
    return [
      ['Content-Type', type],
      ...(coding === undefined ? [] : [['Content-Encoding', coding] as const]),
      ['Last-Modified', this.lastModified],
      ...this.#validationFields(),
      ['X-Content-Type-Options', 'nosniff'],
    ]
  }

  /** What a 304 has of them (§15.4.5). */
  #validationFields(): readonly Field[] {
    const { cacheControl, varies, added } = this.#fields
    return [
      ['ETag', this.entityTag],
      ['Cache-Control', cacheControl],
      ...(varies ? [['Vary', 'Accept-Encoding'] as const] : []),
      ...added,
    ]
  }
}

/** Strong: other bytes have another size or another time, or their clock is wrong. A copy may have both of its original. */
function entityTagOf({ modifiedNs, size }: FileFacts, coding: Coding | undefined): string {
  const tag = `${modifiedNs.toString(36)}-${size.toString(36)}`
  return `"${tag}${coding === undefined ? '' : `-${coding}`}"`
}

function headOf(status: number, contentLength: number, fields: readonly Field[]): ResponseHead {
  const length: readonly Field[] = contentLength === -1 ? [] : [['Content-Length', String(contentLength)]]
  const bytes = Buffer.from([reasonPhrase(status), ...[...fields, ...length].flat(), ''].join('\0'), 'latin1')
  return {
    status,
    hasDate: false,
    hasServer: false,
    contentLength,
    bytes,
    blockStart: 0,
    blockEnd: bytes.length,
  }
}
