import type { Request } from '../config/command-line.ts'
import { helpText } from '../config/help.ts'
import { packageVersion } from '../server/version.ts'

/** What a flag asks for that wants a text in place of work, the same for every command. */
export type TextRequest = Exclude<Request, 'check-config'>

export const askedText = (request: TextRequest): string =>
  request === 'version' ? `gantry ${packageVersion()}\n` : helpText(request === 'help-all')
