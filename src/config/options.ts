// The one table of options, joined from a file for each area in options/. The Settings type, flags, GANTRY_ variables, keys of files, --help,
// completion, the JSON Schema and docs/reference/options.md all come from it, so an option is added there and nowhere else (then
// `npm run reference`).
import { flagOf, type Option, type ValueOf, variableOf } from './option.ts'
import { ANSWERS } from './options/answers.ts'
import { APPLICATION } from './options/application.ts'
import { BUFFERS } from './options/buffers.ts'
import { LIMITS } from './options/limits.ts'
import { LISTENING } from './options/listening.ts'
import { LOGS } from './options/logs.ts'
import { MOUNTS } from './options/mounts.ts'
import { OPERATION } from './options/operation.ts'
import { PROCESSES } from './options/processes.ts'
import { PROXIES } from './options/proxies.ts'
import { RECYCLING } from './options/recycling.ts'
import { ROUTES } from './options/routes.ts'
import { STATIC } from './options/static.ts'
import { TIMES } from './options/times.ts'

export const OPTIONS = Object.freeze({
  ...APPLICATION,
  ...MOUNTS,
  ...ROUTES,
  ...STATIC,
  ...LISTENING,
  ...PROXIES,
  ...PROCESSES,
  ...RECYCLING,
  ...ANSWERS,
  ...LIMITS,
  ...BUFFERS,
  ...TIMES,
  ...OPERATION,
  ...LOGS,
})

export type OptionName = keyof typeof OPTIONS

/** Every option with its value. Derived, so it cannot fall behind the table. */
export type OptionValues = { readonly [Name in OptionName]: ValueOf<(typeof OPTIONS)[Name]> }

/** The table in its order, with the names that each option goes by. */
export type NamedOption = {
  readonly name: OptionName
  readonly option: Option<unknown>
  /** `undefined` for what is given by its place on the command line. */
  readonly flag: string | undefined
  readonly variable: string
}

export const OPTION_LIST: readonly NamedOption[] = Object.freeze(
  Object.entries<Option<unknown>>(OPTIONS).map(([name, option]) =>
    Object.freeze({
      name: name as OptionName,
      option,
      flag: option.kind === 'argument' ? undefined : flagOf(name),
      variable: option.variable ?? variableOf(name),
    }),
  ),
)
