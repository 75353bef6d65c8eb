// The server's log: what happens, and what the application prints.

import { LEVELS, type Level, type LogOutput } from './log-event.ts'
import { type LogLines, textLines } from './log-lines.ts'

export interface Log {
  debug(message: string): void
  /** `details` is text of several lines (a traceback), printed indented below the message. */
  info(message: string, details?: string): void
  warning(message: string): void
  error(message: string, details?: string): void
  /** A line that the application printed. */
  output(output: LogOutput, line: string): void
}

/** Takes what is written to one of the standard streams, or to what stands for both. `level` is that of an event. */
export interface LogTargets {
  readonly stdout: (text: string, level: Level) => void
  readonly stderr: (text: string, level: Level) => void
  readonly now: () => Date
}

const PROCESS: LogTargets = {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  now: () => new Date(),
}

export const textLog = (targets: LogTargets = PROCESS): Log => logTo(targets, textLines())

/** A log that tells what is of `least` level or above. */
export function logTo({ stdout, stderr, now }: LogTargets, lines: LogLines, least: Level = 'info'): Log {
  const tell = (level: Level, message: string, details?: string): void => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(least)) return
    stderr(lines.event({ time: now(), level, message, details: details === '' ? undefined : details }), level)
  }
  return {
    debug: (message) => tell('debug', message),
    info: (message, details) => tell('info', message, details),
    warning: (message) => tell('warning', message),
    error: (message, details) => tell('error', message, details),
    output(output, line) {
      const write = output.stream === 'stdout' ? stdout : stderr
      write(lines.output(output, line, now()), 'info')
    },
  }
}
