// What lint says: one breach of one rule, and the line of the log that it is. The workers say the same in the same words
// (python/gantry_worker/lint.py), so that a line can be read back.

import { RULES, type Rule, type RuleCode, isRuleCode } from './rules.ts'

/** One breach of a rule. */
export interface Finding {
  readonly code: RuleCode
  /** The request: method and path, percent-encoded and without its query. */
  readonly place: string
  /** What was there instead. */
  readonly seen: string
}

/** A breach that has no place yet. */
export type Fault = Omit<Finding, 'place'>

const LINE = /^lint: ([A-Z_]+) (?:violation|advice) at (\S+ \S*): /

/** A finding as the log has it: `lint: CODE severity at METHOD PATH: the rule (source; requirements): what was seen`. */
export function lineOf({ code, place, seen }: Finding): string {
  const { severity, text, source, requirements }: Rule = RULES[code]
  return `lint: ${code} ${severity} at ${place}: ${text} (${[source, ...requirements].join('; ')}): ${seen}`
}

/** Reads back what `lineOf`, or a worker, has written. Undefined for any other text. */
export function parseFinding(line: string): Finding | undefined {
  const [, code, place] = LINE.exec(line) ?? []
  if (code === undefined || place === undefined || !isRuleCode(code)) return undefined
  const start = lineOf({ code, place, seen: '' })
  return line.startsWith(start) ? { code, place, seen: line.slice(start.length).trimEnd() } : undefined
}
