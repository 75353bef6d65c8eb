// The one request of a CGI program, and its answer on the standard output as RFC 3875 §6 has it.

import type { Writable } from 'node:stream'
import { errorPage } from '../../http/error-page.ts'
import { LARGE_BLOCK_BYTES, giveBack, takeBlock } from '../../io/body-blocks.ts'
import { OWN_VALUES } from '../../wsgi/environ-origin.ts'
import type { ClientState, ErrorStatus, Exchange, FileBody, RequestBody } from '../../wsgi/exchange.ts'
import type { Header } from '../../wsgi/header.ts'
import type { ResponseHead } from '../../wsgi/response-head.ts'
import { FileSender } from '../file-sender.ts'
import type { CgiStrings } from './cgi-environ.ts'
import { StandardInput } from './standard-input.ts'

/** `answered`; `failed`: with an error page, or cut; `gone`: nobody took it. */
export type CgiOutcome = 'answered' | 'failed' | 'gone'

export interface CgiParts {
  readonly strings: CgiStrings
  /** Names the request in the log. */
  readonly id: string
  readonly body: RequestBody | StandardInput
  readonly output: Writable
  /** Called at most once: why nobody waits for the answer any more. */
  readonly lost: (exchange: Exchange, reason: string) => void
}

const NOTHING = new Uint8Array(0)
/** They begin an own environ block. */
const FIRST_KEYS = ['REQUEST_METHOD', 'PATH_INFO', 'QUERY_STRING', 'REQUEST_URI']

export class CgiExchange implements Exchange {
  id: string
  readonly method: string
  readonly target: string
  readonly body: RequestBody
  readonly sharedEnviron = NOTHING
  client: ClientState = 'here'
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined
  /** Settled when all of the answer is handed over, or nobody takes it any more. */
  readonly whenOver: Promise<CgiOutcome>
  readonly #environ: string
  readonly #output: Writable
  readonly #lost: CgiParts['lost']
  #file: FileSender | undefined
  #isFileSent = true
  #hasEnded = false
  /** Nothing more comes from the application. */
  #isOver = false
  #isSettled = false
  #settle: (outcome: CgiOutcome) => void = () => undefined

  constructor({ strings, id, body, output, lost }: CgiParts) {
    this.id = id
    this.method = strings['REQUEST_METHOD'] ?? ''
    this.target = strings['REQUEST_URI'] ?? ''
    this.body = body
    if (body instanceof StandardInput)
      body.onBroken = (missing) =>
        this.lose(`the standard input ended ${missing} bytes before CONTENT_LENGTH said`)
    this.#environ = environText(strings)
    this.#output = output
    this.#lost = lost
    this.whenOver = new Promise((resolve) => (this.#settle = resolve))
    output.on('error', (error) => this.#notTaken(error))
    output.on('drain', () => {
      this.#file?.resume()
      this.onDrain?.()
    })
  }

  environBytes(): number {
    return this.#environ.length
  }

  writeEnviron(target: Buffer, start: number): number {
    return start + target.write(this.#environ, start, 'latin1')
  }

  answer(head: ResponseHead, bytes: Uint8Array, start: number, end: number): void {
    this.#writeHead(head, end - start)
    this.#output.write(bytes.subarray(start, end))
    this.#over('answered')
  }

  begin(head: ResponseHead): void {
    this.#writeHead(head, -1)
  }

  write(data: Uint8Array): boolean {
    return this.#output.write(data)
  }

  sendFile(file: FileBody): void {
    this.#isFileSent = false
    this.#file = new FileSender(file, {
      takeBlock: () => takeBlock(LARGE_BLOCK_BYTES),
      write: (block) => this.#output.write(block, () => giveBack(block)),
      unused: giveBack,
      finished: () => {
        this.#isFileSent = true
        if (this.#hasEnded) this.#over('answered')
      },
      failed: () => this.abort(),
    })
    this.#file.resume()
  }

  end(): void {
    this.#hasEnded = true
    if (this.#isFileSent) this.#over('answered')
  }

  abort(): void {
    this.#over('failed')
  }

  /** It is called for a client that is not here: whoever found that out has settled it. */
  drop(): void {
    this.#over('failed')
  }

  fail(status: ErrorStatus | 400, _code?: string, headers: readonly Header[] = []): void {
    const { head, body } = errorPage(status, undefined, headers)
    this.#writeHead(head, body.length)
    if (this.method !== 'HEAD') this.#output.write(body)
    this.#over('failed')
  }

  /** Nobody waits for the answer any more: what runs is to be ended. */
  lose(reason: string): void {
    if (this.#isSettled) return
    this.#isSettled = true
    this.client = 'gone'
    this.#lost(this, reason)
    this.#file?.stop()
    const { onGone } = this
    this.onGone = undefined
    onGone?.()
    this.#settle('gone')
  }

  #notTaken(error: Error): void {
    this.lose(`the client left before its answer was complete (${error.message})`)
  }

  /** `length`: of the whole body, -1 where it is not known. */
  #writeHead(head: ResponseHead, length: number): void {
    this.#output.write(Buffer.from(headText(head, length), 'latin1'))
  }

  #over(outcome: Exclude<CgiOutcome, 'gone'>): void {
    if (this.#isOver) return
    this.#isOver = true
    this.onDrain = undefined
    // Behind everything else that is still on its way.
    this.#output.write(NOTHING, (error) => {
      if (error) {
        this.#notTaken(error)
        return
      }
      this.#isSettled = true
      this.#settle(outcome)
    })
  }
}

function headText(
  { status, contentLength, bytes, blockStart, blockEnd }: ResponseHead,
  length: number,
): string {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset + blockStart, blockEnd - blockStart)
  const [reason = '', ...strings] = block.toString('latin1').split('\0').slice(0, -1)
  let text = `Status: ${status} ${reason}\r\n`
  for (let i = 0; i < strings.length; i += 2) {
    // That name is CGI's own: a second one would change the status for some servers, and not for others.
    if (strings[i]!.toLowerCase() !== 'status') text += `${strings[i]!}: ${strings[i + 1]!}\r\n`
  }
  if (contentLength === -1 && length >= 0) text += `Content-Length: ${length}\r\n`
  return `${text}\r\n`
}

/** As an own environ block (protocol/link.md). */
function environText(strings: CgiStrings): string {
  const first = FIRST_KEYS.slice(0, OWN_VALUES).map((key) => strings[key] ?? '')
  const others = Object.entries(strings).filter(([key]) => !FIRST_KEYS.includes(key) && key !== 'RAW_URI')
  return `${[...first, ...others.flat()].join('\0')}\0`
}
