// What a fault script found that is not as it has to be: a test expects nothing of the kind. Speed is for the scripts at full size, on a
// machine that does nothing else.

import type { Finding } from '../../bench/faults/finding.ts'

export function missedGoals(findings: readonly Finding[]): readonly string[] {
  return findings
    .filter(({ goal }) => goal?.isMet === false && !goal.isOfSpeed)
    .map(({ title, value, goal }) => `${title}: ${value}, demanded is ${goal!.text}`)
}
