// The head of a CGI script's answer, RFC 3875 §6: bytes in, a head or what is wrong with it out. Only this file decides what a script may
// say.

import { isWellEncoded } from '../mounted-target.ts'
import { isOfTheAnswer } from '../request-fields.ts'
import { HOP_BY_HOP } from '../../wsgi/checked-head.ts'
import type { Header } from '../../wsgi/header.ts'

/** A head that goes to the client. */
export interface ScriptHead {
  readonly type: 'head'
  /** As `startResponse` takes it. */
  readonly status: string
  readonly headers: Header[]
}

/** RFC 3875 §6.2.2: the answer is that of another path of the same site. */
export interface LocalRedirect {
  readonly type: 'local-redirect'
  /** Path, percent-encoded, and query. */
  readonly target: string
}

export interface HeadProblem {
  readonly type: 'problem'
  /** Goes on after the name of the script. */
  readonly text: string
}

/** What has been read: nothing complete yet, a head and the bytes behind it, or a breach of the rules. */
export type HeadStep =
  | { readonly type: 'more' }
  | { readonly type: 'end'; readonly head: ScriptHead | LocalRedirect; readonly rest: Buffer }
  | HeadProblem

const MAX_HEAD_BYTES = 65_536
const LINE_FEED = 0x0a
const MORE: HeadStep = { type: 'more' }
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/
const STATUS = /^[2-9][0-9]{2}( .*)?$/
const LENGTH = /^[0-9]{1,15}$/
const LOCAL = /^\/(?!\/)[\x21\x22\x24-\x7e]*$/
/** §6.3: none of them twice, and one of the first three at least. */
const CGI_FIELDS = ['content-type', 'location', 'status'] as const
const ONLY_ONCE = [...CGI_FIELDS, 'content-length'] as const

/** Reads one head, block by block. */
export class ScriptHeadReader {
  #held: Buffer = Buffer.alloc(0)
  #lineStart = 0
  readonly #fields: Header[] = []

  read(block: Buffer): HeadStep {
    this.#held = this.#held.length === 0 ? block : Buffer.concat([this.#held, block])
    let searchFrom = this.#held.length - block.length
    for (;;) {
      const lineEnd = this.#held.indexOf(LINE_FEED, searchFrom)
      if ((lineEnd === -1 ? this.#held.length : lineEnd) > MAX_HEAD_BYTES)
        return problem(`sent more than ${MAX_HEAD_BYTES} bytes of headers`)
      if (lineEnd === -1) return MORE
      const line = this.#held.toString('latin1', this.#lineStart, lineEnd).replace(/\r$/, '')
      this.#lineStart = searchFrom = lineEnd + 1
      if (line === '') return this.#end()
      const fault = this.#takeLine(line)
      if (fault !== undefined) return problem(fault)
    }
  }

  #takeLine(line: string): string | undefined {
    // "NPH" scripts speak HTTP to the client themselves (§5), past every rule of the server's.
    if (this.#fields.length === 0 && line.startsWith('HTTP/'))
      return 'answered as a non-parsed-header script, which is not served'
    const match = FIELD.exec(line)
    if (match === null) return `sent a line that is no header field: ${JSON.stringify(line.slice(0, 200))}`
    this.#fields.push([match[1]!, match[2]!.replace(/[ \t]+$/, '')])
    return undefined
  }

  #end(): HeadStep {
    const head = headOf(this.#fields)
    return head.type === 'problem' ? head : { type: 'end', head, rest: this.#held.subarray(this.#lineStart) }
  }
}

const problem = (text: string): HeadProblem => ({ type: 'problem', text })

type OnceFields = Partial<Record<(typeof ONLY_ONCE)[number], string>>

function headOf(fields: readonly Header[]): ScriptHead | LocalRedirect | HeadProblem {
  const once: OnceFields = {}
  for (const name of ONLY_ONCE) {
    const [value, second] = valuesOf(fields, name)
    if (second !== undefined) return problem(`sent ${name} more than once`)
    if (value !== undefined) once[name] = value
  }
  return faultIn(once) ?? localRedirect(fields, once) ?? scriptHead(fields, once)
}

function valuesOf(fields: readonly Header[], name: string): readonly string[] {
  return fields.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value)
}

function faultIn(once: OnceFields): HeadProblem | undefined {
  const { status, 'content-length': length } = once
  if (!CGI_FIELDS.some((name) => once[name] !== undefined))
    return problem('sent headers without a Content-Type, a Location or a Status')
  if (status !== undefined && !STATUS.test(status))
    return problem(`sent a Status that is none: ${JSON.stringify(status.slice(0, 200))}`)
  if (length !== undefined && !LENGTH.test(length))
    return problem(`sent a Content-Length that is none: ${JSON.stringify(length.slice(0, 200))}`)
  return undefined
}

/** Only a path, and nothing with it that would be lost: every other Location is for the client. */
function localRedirect(fields: readonly Header[], { location }: OnceFields): LocalRedirect | undefined {
  if (location === undefined || fields.length > 1 || !LOCAL.test(location)) return undefined
  return isWellEncoded(location.split('?', 1)[0]!) ? { type: 'local-redirect', target: location } : undefined
}

function scriptHead(fields: readonly Header[], { status, location }: OnceFields): ScriptHead {
  const headers = fields.filter(([name]) => isForClient(name.toLowerCase()))
  return { type: 'head', status: status ?? (location === undefined ? '200 OK' : '302 Found'), headers }
}

/** §6.3.4 and §6.3.5: what is said of the connection is the server's to say, and X-CGI- speaks to the server alone. */
function isForClient(name: string): boolean {
  return name !== 'status' && !name.startsWith('x-cgi-') && !HOP_BY_HOP.has(name) && isOfTheAnswer(name)
}
