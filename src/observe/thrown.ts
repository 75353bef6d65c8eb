import { inspect } from 'node:util'
import { thrownText } from '../wsgi/thrown-text.ts'

/** What was thrown, as the log shows it: its stack where it has one. */
export const textOfThrown = (error: unknown): string =>
  `${error instanceof Error ? '' : 'thrown: '}${thrownText(error, inspect)}`
