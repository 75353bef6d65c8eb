// How a user comes to meet an error: what is done, through the code that does it.

import type { ErrorCode } from '../../src/errors.ts'
import type { ScriptFiles } from '../adapters/cgi/script-files.ts'

/** Throws, rejects with or returns the error; or returns, as text, what a command printed or the log has. `place` is a new directory. */
export type Provocation = (place: ScriptFiles) => unknown

/** Of each code by what was done, in a few words. */
export type Provocations = { readonly [Code in ErrorCode]?: Readonly<Record<string, Provocation>> }
