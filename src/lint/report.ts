// Findings as they come in, from one process or several: each told once, counted, and summed up at the end.

import { type Finding, lineOf } from './finding.ts'
import { RULES, type Severity } from './rules.ts'

// Paths come from clients: more of them that break the same rule are no news, but a way to flood the log.
const MAX_PATHS_PER_RULE = 20

/** The findings so far: of each rule one per path, and of no rule more than 20. */
export class Findings {
  readonly #found: Finding[] = []
  readonly #paths = new Map<string, Set<string>>()

  /** Takes a finding; whether it is news. */
  add(finding: Finding): boolean {
    const { code, place } = finding
    const path = place.slice(place.indexOf(' ') + 1)
    const paths = this.#paths.get(code) ?? new Set()
    this.#paths.set(code, paths)
    if (paths.has(path) || paths.size >= MAX_PATHS_PER_RULE) return false
    paths.add(path)
    this.#found.push(finding)
    return true
  }

  /** In the order in which they came. */
  get all(): readonly Finding[] {
    return this.#found
  }

  count(severity: Severity): number {
    return this.#found.filter(({ code }) => RULES[code].severity === severity).length
  }
}

/** What `gantry check` prints: a line for each breach, violations first, with the places where it was seen; and the counts. */
export function reportOf(findings: Findings, requests: number): string {
  const violations = breachesOf(findings, 'violation')
  const advice = breachesOf(findings, 'advice')
  const counts = [
    counted(requests, 'request', 'requests'),
    counted(violations.length, 'violation', 'violations'),
    counted(advice.length, 'piece of advice', 'pieces of advice'),
  ]
  return `${[...violations, ...advice, counts.join(', ')].join('\n')}\n`
}

/** The same breach in several places is one. */
function breachesOf(findings: Findings, severity: Severity): readonly string[] {
  const breaches = new Map<string, readonly Finding[]>()
  for (const finding of findings.all) {
    if (RULES[finding.code].severity !== severity) continue
    const key = `${finding.code} ${finding.seen}`
    breaches.set(key, [...(breaches.get(key) ?? []), finding])
  }
  return [...breaches.values()].map(([first, ...others]) => {
    const also = others.map(({ place }) => place).join(', ')
    return `${lineOf(first!)}${also === '' ? '' : `; also at ${also}`}`
  })
}

const counted = (count: number, one: string, several: string): string =>
  `${count} ${count === 1 ? one : several}`
