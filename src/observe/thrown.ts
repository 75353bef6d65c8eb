import { inspect } from 'node:util'

/** What was thrown, as the log shows it: its stack where it has one. */
export const textOfThrown = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? String(error)) : `thrown: ${inspect(error)}`
