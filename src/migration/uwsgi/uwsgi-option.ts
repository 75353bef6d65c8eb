// What an entry of the tables of uWSGI's options is.

import type { OptionName } from '../../config/options.ts'

export interface UwsgiOption {
  /** All names that it goes by, and those of its kind, with blanks between. */
  readonly names: string
  /** The option that does the same here. */
  readonly option?: OptionName
  readonly unit?: 'seconds' | 'mebibytes'
  /** Without such an option: what to do instead. With one: what is different. Sentences. */
  readonly advice?: string
}
