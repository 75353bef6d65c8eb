import type { LineFormat } from '../../../src/observe/access/access-line.ts'
import { LineBytes } from '../../../src/observe/access/line-bytes.ts'
import type { AccessRecord } from '../../../src/wsgi/access-record.ts'

/** The line of a record as text. */
export function lineOf(format: LineFormat, record: AccessRecord): string {
  const line = new LineBytes()
  format(record, line)
  return line.toString()
}
