// What a configuration of another server becomes: options of Gantry, and remarks on all that has no counterpart.

import { flagOf, type Place } from '../config/option.ts'
import { OPTIONS, type OptionName } from '../config/options.ts'

/** A setting of the other server gives values to an option. */
export interface MigratedOption {
  readonly kind: 'option'
  readonly option: OptionName
  /** As flags would give them. */
  readonly texts: readonly string[]
  /** What a reader has to know of it. */
  readonly comment?: string | undefined
}

/** A setting of the other server has no counterpart, or needs a decision. */
export interface Remark {
  readonly kind: 'remark'
  /** The setting as it was given: `worker_class = "gevent" (gunicorn.conf.py:4)`. */
  readonly about: string
  readonly advice: string
}

export type Outcome = MigratedOption | Remark

export interface Migration {
  readonly options: readonly MigratedOption[]
  readonly remarks: readonly Remark[]
}

/** With what it was made of. */
export interface Migrated {
  readonly title: string
  readonly migration: Migration
}

export const migrated = (option: OptionName, texts: readonly string[], comment?: string): MigratedOption => ({
  kind: 'option',
  option,
  texts,
  comment,
})

export const remark = (about: string, advice: string): Remark => ({ kind: 'remark', about, advice })

/** Puts together what the settings became: of one option only once, and with values that it takes. */
export function collected(outcomes: readonly Outcome[], place: Place): Migration {
  const checked = outcomes.flatMap((outcome) =>
    outcome.kind === 'option' ? takenBy(outcome, place) : [outcome],
  )
  const given = checked.filter((outcome) => outcome.kind === 'option')
  const names = Object.keys(OPTIONS) as OptionName[]
  return {
    options: names.flatMap((name) => merged(given.filter(({ option }) => option === name))),
    remarks: checked.filter((outcome) => outcome.kind === 'remark'),
  }
}

/** What the option's own parser takes; the rest becomes remarks. */
function takenBy(given: MigratedOption, place: Place): readonly Outcome[] {
  const { option, texts } = given
  const refused = texts.flatMap((text) => {
    const parsed = OPTIONS[option].type.parse(text, place)
    return parsed.ok ? [] : [{ text, expected: parsed.expected }]
  })
  const taken = texts.filter((text) => !refused.some((each) => each.text === text))
  const remarks = refused.map(({ text, expected }) =>
    remark(`${nameInFile(option)} = ${JSON.stringify(text)}`, `Gantry takes ${expected}.`),
  )
  return texts.length > 0 && taken.length === 0 ? remarks : [{ ...given, texts: taken }, ...remarks]
}

/** Values of a repeatable option add up; of any other the last counts. */
function merged(given: readonly MigratedOption[]): readonly MigratedOption[] {
  const last = given.at(-1)
  if (last === undefined || OPTIONS[last.option].kind !== 'repeatable')
    return last === undefined ? [] : [last]
  const texts = [...new Set(given.flatMap((each) => each.texts))]
  const comments = [...new Set(given.flatMap(({ comment }) => comment ?? []))]
  return [{ ...last, texts, comment: comments.length === 0 ? undefined : comments.join(' ') }]
}

/** `requestTimeoutMs` → `request-timeout`. */
export const nameInFile = (option: OptionName): string => flagOf(option).slice('--'.length)
