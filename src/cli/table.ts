// Columns of text for a terminal.

export interface Column {
  readonly title: string
  /** Numbers stand on the right. */
  readonly side: 'left' | 'right'
}

const GAP = '  '

export const left = (title: string): Column => ({ title, side: 'left' })
export const right = (title: string): Column => ({ title, side: 'right' })

/** The titles, then a line for each row. Columns that say nothing are left out. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const texts = rows.map((row) => row.map(plainText))
  const shown = columns
    .map((column, index) => ({ ...column, cells: texts.map((row) => row[index] ?? '') }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
    .map(({ title, side, cells }) => padAll([title, ...cells], side))
  return Array.from({ length: rows.length + 1 }, (_, line) =>
    shown
      .map((cells) => cells[line] ?? '')
      .join(GAP)
      .trimEnd(),
  )
}

/** Without what a terminal would act on: names and causes come from applications. */
export const plainText = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')

function padAll(cells: readonly string[], side: Column['side']): readonly string[] {
  const width = Math.max(...cells.map((cell) => cell.length))
  return cells.map((cell) => (side === 'left' ? cell.padEnd(width) : cell.padStart(width)))
}
