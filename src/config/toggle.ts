// An entry of the option table for what is on or off: the flag alone says on.
import type { Description, Switch } from './option.ts'
import { SWITCH } from './value-types.ts'

/** Off by itself, where nothing else is said. */
type Toggle = Omit<Description, 'metavariable'> & { readonly default?: 'on' | 'off' }

export const toggle = ({ default: byItself = 'off', ...entry }: Toggle): Switch =>
  Object.freeze({
    ...entry,
    metavariable: '',
    type: SWITCH,
    default: byItself,
    isSwitch: true,
    kind: 'single',
  })
