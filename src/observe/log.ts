// The server's log: one line an event on stderr. Whatever comes from outside is made printable here, so that no request and no
// application can forge a line or drive a terminal.

export interface Log {
  /** `details` is text of several lines (a traceback), printed indented below the message. */
  info(message: string, details?: string): void
  warning(message: string): void
  error(message: string, details?: string): void
  /** A line that a worker printed. */
  output(source: number | 'template', stream: 'stdout' | 'stderr', line: string): void
}

export interface LogTargets {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly now: () => Date
}

const PROCESS: LogTargets = {
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  now: () => new Date(),
}

export function textLog({ stdout, stderr, now }: LogTargets = PROCESS): Log {
  const write = (level: string, message: string, details = ''): void => {
    stderr(`${now().toISOString()} ${level} ${printable(message)}\n${details === '' ? '' : indent(details)}`)
  }
  return {
    info: (message, details) => write('info', message, details),
    warning: (message) => write('warning', message),
    error: (message, details) => write('error', message, details),
    output(source, stream, line) {
      const name = source === 'template' ? source : `worker ${source}`
      const text = `[${name}] ${printable(line)}\n`
      if (stream === 'stdout') stdout(text)
      else stderr(text)
    },
  }
}

function indent(text: string): string {
  const lines = text.replace(/\n$/, '').split('\n')
  return lines.map((line) => `    ${printable(line)}\n`).join('')
}

/** Control characters as escapes; a tab stays. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}
