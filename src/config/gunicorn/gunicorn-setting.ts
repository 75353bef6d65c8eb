// What an entry of the tables of gunicorn's settings is.

import type { OptionName } from '../options.ts'

/** How the values of a setting become texts of an option, where it is not as they stand. */
export type Translation =
  /** Whole seconds. */
  | 'seconds'
  /** Bytes or a number of things, of which 0 means any. */
  | 'limit'
  /** Values of one text, with commas between. */
  | 'commas'

export interface GunicornSetting {
  /** As a configuration file of gunicorn names it. */
  readonly name: string
  /** As its command line does. */
  readonly flags?: readonly string[]
  /** Its flag stands alone. */
  readonly isSwitch?: true
  /** The option that does the same here. */
  readonly option?: OptionName
  readonly translation?: Translation
  /** Without such an option: what to do instead. With one: what is different. Sentences. */
  readonly advice?: string
}
