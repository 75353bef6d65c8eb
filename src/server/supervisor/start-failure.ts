import { exitStatusOf, renderError } from '../../errors.ts'
import type { FrontFailure } from './front-messages.ts'

/** A process could not start what it was started for. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure'
  /** What a user has to know of it, of one line or more. */
  readonly text: string
  /** What the command ends with for it. */
  readonly exitStatus: number

  constructor({ text, exitStatus }: Omit<FrontFailure, 'type'>) {
    super(text.split('\n', 1)[0])
    this.text = text
    this.exitStatus = exitStatus
  }
}

/** What a user is told of `error`, and the exit status for it. */
export function failureOf(error: unknown): Omit<FrontFailure, 'type'> {
  if (error instanceof StartFailure) return error
  return { text: renderError(error), exitStatus: exitStatusOf(error) }
}
