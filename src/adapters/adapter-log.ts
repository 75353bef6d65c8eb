// What an adapter tells of its requests, in the words of the server's log: there is no server of ours around it that could.

import { textLog } from '../observe/log.ts'
import { textOfThrown } from '../observe/thrown.ts'
import { AnswerFailure } from '../wsgi/answer-failure.ts'
import type { ErrorStream } from '../wsgi/error-stream.ts'
import { LineErrorStream } from '../wsgi/error-stream.ts'
import { RequestContext } from '../wsgi/request-context.ts'
import { GantryError } from '../errors.ts'

/** Takes text of whole lines, each with its line end. */
export type LogPrinter = (text: string) => void

const toStandardError: LogPrinter = (text) => process.stderr.write(text)

let requests = 0

/** One request's part of the log. Its `context` names it there. */
export class RequestLog {
  readonly context: RequestContext
  readonly #print: LogPrinter
  readonly #line: string
  #errors: LineErrorStream | undefined

  /** `method` and `target` name the request to whoever reads the log. */
  constructor(method: string, target: string, print: LogPrinter = toStandardError) {
    this.#line = `${method} ${target}`
    this.#print = print
    this.context = new RequestContext({ id: (++requests).toString(36) })
  }

  /** `wsgi.errors`. */
  get errors(): ErrorStream {
    return (this.#errors ??= new LineErrorStream((text) => this.#tellErrors(text)))
  }

  /** What left the application. What was logged where it happened, and clients that leave, are no news. */
  failed(error: unknown): void {
    if (error instanceof AnswerFailure || this.context.isCancelled) return
    this.#log().error(`Error on request ${this.context.id} ${this.#line}`, detailsOf(error))
  }

  warned(level: 'warning' | 'error', text: string): void {
    this.#log()[level](`${text} (request ${this.context.id} ${this.#line})`)
  }

  /** What was written to `wsgi.errors` without a line end is told as well. */
  end(): void {
    this.#errors?.flush()
  }

  #tellErrors(text: string): void {
    const log = this.#log()
    for (const line of text.replace(/\n$/, '').split('\n')) log.error(`[${this.context.id}] ${line}`)
  }

  #log(): ReturnType<typeof textLog> {
    return textLog({ stdout: this.#print, stderr: this.#print, now: () => new Date() })
  }
}

function detailsOf(error: unknown): string {
  if (error instanceof GantryError) return `${error.message} (${error.code})\n${error.hint}`
  return textOfThrown(error)
}
