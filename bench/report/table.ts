// Tables: the same cells for the terminal and for Markdown.

export type Column = { readonly title: string; readonly align: 'left' | 'right' }

export type Table = { readonly columns: readonly Column[]; readonly rows: readonly (readonly string[])[] }

export function renderTextTable({ columns, rows }: Table): string {
  const titles = columns.map(({ title }) => title)
  const widths = columns.map((_, index) =>
    Math.max(...[titles, ...rows].map((row) => (row[index] ?? '').length)),
  )
  const renderRow = (row: readonly string[]): string =>
    columns
      .map(({ align }, index) => pad(row[index] ?? '', widths[index] ?? 0, align))
      .join('  ')
      .trimEnd()
  const rule = widths.map((width) => '─'.repeat(width)).join('  ')
  return [renderRow(titles), rule, ...rows.map(renderRow)].join('\n')
}

export function renderMarkdownTable({ columns, rows }: Table): string {
  const renderRow = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`
  const rule = columns.map(({ align }) => (align === 'right' ? '---:' : '---'))
  return [renderRow(columns.map(({ title }) => title)), renderRow(rule), ...rows.map(renderRow)].join('\n')
}

function pad(cell: string, width: number, align: Column['align']): string {
  return align === 'right' ? cell.padStart(width) : cell.padEnd(width)
}

function escapeCell(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
