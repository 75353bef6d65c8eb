// What is said of a closed loop's figures.
import { formatFigure } from '../report/figures.ts'
import type { ClosedCounts, ClosedFigures } from './clients/closed-load.ts'
import { demand, figure, type Finding } from './finding.ts'

/** How many requests were answered 200, and how fast. */
export function servedFindings(title: string, figures: ClosedFigures): readonly Finding[] {
  const served = servedOf(figures)
  return [
    figure(`${title}: requests`, served),
    figure(`${title}: a second`, Math.round(served / figures.seconds)),
    figure(`${title}: p99, longest`, `${time(figures.p99Us)}, ${time(figures.maxUs)}`),
  ]
}

/** No request may have come to another end than an answer 200 with the right body. */
export function noneFailed(title: string, figures: ClosedCounts): Finding {
  const failures = failuresOf(figures)
  return demand(`${title}: failed`, describe(failures), '0', Object.keys(failures).length === 0)
}

/** By what became of them: a status, or how they were lost. */
export function failuresOf({ answers, losses }: ClosedCounts): Readonly<Record<string, number>> {
  const others = Object.entries(answers).filter(([status]) => status !== '200')
  return { ...Object.fromEntries(others), ...losses }
}

export function servedOf({ answers, losses }: ClosedCounts): number {
  return (answers['200'] ?? 0) - (losses.wrong ?? 0)
}

export function describe(failures: Readonly<Record<string, number>>): string {
  const parts = Object.entries(failures).map(([how, count]) => `${count} × ${how}`)
  return parts.length === 0 ? '0' : parts.join(', ')
}

export function time(us: number): string {
  return formatFigure(us, 'time')
}
