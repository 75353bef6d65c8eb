import type { Request } from '../config/command-line.ts'
import { helpText } from '../config/help.ts'
import { packageVersion } from '../server/version.ts'

/** What a flag asks for that wants a text in place of work, the same for every command. */
export const askedText = (request: Request): string =>
  request === 'help' ? helpText() : `gantry ${packageVersion()}\n`
