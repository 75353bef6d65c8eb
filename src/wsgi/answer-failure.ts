// How an application that runs elsewhere says that it failed: as an error, like any other application.

import type { ErrorStatus } from './exchange.ts'

/** An answer that cannot be given. Where it happened it was logged; whoever answers in its place needs only the status. */
export class AnswerFailure extends Error {
  override readonly name = 'AnswerFailure'
  readonly status: ErrorStatus
  /** The same, as Express and Fastify look for it. */
  readonly statusCode: ErrorStatus
  /** The code of what happened (docs/reference/errors.md); undefined where it is the application's own doing. */
  readonly code: string | undefined

  constructor(status: ErrorStatus, code: string | undefined) {
    super(
      code === undefined
        ? 'the application failed: the log has its traceback'
        : `the application did not answer (${code})`,
    )
    this.status = this.statusCode = status
    this.code = code
  }
}
