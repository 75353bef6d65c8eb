// What a script has found: a figure, and where one is demanded of it, whether it is met.
import { renderTextTable } from '../report/table.ts'

export interface Goal {
  readonly text: string
  readonly isMet: boolean
  /** Depends on how busy the machine is. */
  readonly isOfSpeed: boolean
}

export interface Finding {
  readonly title: string
  readonly value: string
  readonly goal?: Goal
}

/** A figure that is only told. */
export function figure(title: string, value: string | number): Finding {
  return { title, value: typeof value === 'number' ? value.toLocaleString('en-US') : value }
}

/** A figure that something is demanded of. */
export function demand(title: string, value: string | number, text: string, isMet: boolean): Finding {
  return { ...figure(title, value), goal: { text, isMet, isOfSpeed: false } }
}

/** The same where a busy machine may be the reason for missing it. */
export function demandOfSpeed(title: string, value: string | number, text: string, isMet: boolean): Finding {
  return { ...figure(title, value), goal: { text, isMet, isOfSpeed: true } }
}

export function renderFindings(findings: readonly Finding[]): string {
  return renderTextTable({
    columns: [
      { title: '', align: 'left' },
      { title: 'found', align: 'right' },
      { title: 'demanded', align: 'left' },
      { title: '', align: 'left' },
    ],
    rows: findings.map(({ title, value, goal }) => [
      title,
      value,
      goal?.text ?? '',
      goal === undefined ? '' : goal.isMet ? 'met' : 'MISSED',
    ]),
  })
}
