// The lines of the error log, as text for people or as JSON. Whatever comes from outside is made printable here, so that no request and no
// application can forge a line or drive a terminal.

import { jsonText } from './json-text.ts'
import type { LogEvent, LogOutput } from './log-event.ts'
import { printable } from './printable.ts'
import { type Color, colored } from './terminal-colors.ts'

export interface LogLines {
  event(event: LogEvent): string
  /** A line that the application printed. */
  output(output: LogOutput, line: string, time: Date): string
}

export interface TextStyle {
  readonly hasColors: boolean
  readonly hasTime: boolean
}

const COLORS: Record<LogEvent['level'], Color> = {
  debug: 'dim',
  info: 'blue',
  warning: 'yellow',
  error: 'red',
}
const LONGEST_LEVEL = 'warning'.length

/** Without the time where whatever they are handed to has it. */
export function textLines({ hasColors, hasTime }: TextStyle = { hasColors: false, hasTime: true }): LogLines {
  const paint = hasColors ? colored : (_: Color, text: string): string => text
  return {
    event({ time, level, message, details = '' }) {
      const name = paint(COLORS[level], level.padStart(LONGEST_LEVEL))
      const begin = hasTime ? `${paint('dim', time.toISOString())} ${name}` : level
      const first = `${begin} ${printable(message)}\n`
      return details === '' ? first : first + indented(details)
    },
    output: (output, line) => `${paint('cyan', `[${sourceText(output)}]`)} ${printable(line)}\n`,
  }
}

/** An object on each line. `pid` is that of the process that writes it. */
export function jsonLines(pid = process.pid): LogLines {
  return {
    event: ({ time, level, message, details }) =>
      `${jsonText({ time: time.toISOString(), level, pid, message, ...(details === undefined ? {} : { details }) })}\n`,
    output({ worker, stream, request }, line, time) {
      const known = request === undefined ? {} : { request }
      const source = { worker, stream, ...known, message: line }
      return `${jsonText({ time: time.toISOString(), level: 'info', pid, ...source })}\n`
    },
  }
}

function sourceText({ worker, request }: LogOutput): string {
  const name = worker === 'template' ? worker : `worker ${worker}`
  return request === undefined ? name : `${name} ${printable(request)}`
}

function indented(text: string): string {
  const lines = text.replace(/\n$/, '').split('\n')
  return lines.map((line) => `    ${printable(line)}\n`).join('')
}
