// What a script has found: a figure, and where one is demanded of it, whether it is met.
import { renderTextTable } from '../report/table.ts'

export interface Finding {
  readonly title: string
  readonly value: string
  readonly goal?: { readonly text: string; readonly isMet: boolean }
}

/** A figure that is only told. */
export function figure(title: string, value: string | number): Finding {
  return { title, value: typeof value === 'number' ? value.toLocaleString('en-US') : value }
}

/** A figure that something is demanded of. */
export function demand(title: string, value: string | number, text: string, isMet: boolean): Finding {
  return { ...figure(title, value), goal: { text, isMet } }
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
