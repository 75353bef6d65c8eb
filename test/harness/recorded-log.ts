// A log that keeps its lines, as `level message`.

import type { Log } from '../../src/observe/log.ts'

export interface RecordedLog extends Log {
  readonly lines: string[]
}

export function recordedLog(): RecordedLog {
  const lines: string[] = []
  return {
    lines,
    debug: (message) => lines.push(`debug ${message}`),
    info: (message) => lines.push(`info ${message}`),
    warning: (message) => lines.push(`warning ${message}`),
    error: (message, details) =>
      lines.push(`error ${message}${details === undefined ? '' : ` | ${details}`}`),
    output: ({ worker, stream }, line) => lines.push(`${stream} ${worker} ${line}`),
  }
}
