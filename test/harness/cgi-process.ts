// One run of a CGI program, as a web server starts it: an environment of nothing else, a standard input, and what comes of it.

import { type ChildProcess, spawn } from 'node:child_process'

export interface CgiRun {
  readonly output: Buffer
  /** What it wrote to the standard error. */
  readonly log: string
  /** As a shell has it: 128 and more for a signal. */
  readonly exitStatus: number
}

/** What a web server hands over. The strings of `variables` hold one character a byte. */
export interface CgiProgram {
  readonly argv: readonly string[]
  readonly variables: Readonly<Record<string, string>>
  readonly cwd?: string
}

const ASCII = /^[\u0001-\u007f]*$/

/** Runs a program to its end. */
export async function runCgi(program: CgiProgram, body: Buffer = Buffer.alloc(0)): Promise<CgiRun> {
  const child = startCgi(program)
  const output: Buffer[] = []
  child.stdout?.on('data', (data: Buffer) => output.push(data))
  let log = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text))
  child.stdin?.end(body)
  const exitStatus = await exitStatusOf(child)
  return { output: Buffer.concat(output), log, exitStatus }
}

/** Starts a program, for tests that have a say in how it goes on. */
export function startCgi({ argv, variables, cwd }: CgiProgram): ChildProcess {
  const entries = Object.entries(variables)
  const plain = Object.fromEntries(entries.filter(([, value]) => ASCII.test(value)))
  // Node writes variables as UTF-8: those that are none are set by a shell.
  const exports = entries
    .filter(([, value]) => !ASCII.test(value))
    .map(([name, value]) => `export ${name}=$'${escaped(value)}'`)
  const [program = '', ...args] =
    exports.length === 0
      ? argv
      : ['/bin/bash', '--norc', '-c', [...exports, 'exec "$@"'].join('\n'), 'cgi', ...argv]
  const child = spawn(program, args, { env: plain, ...(cwd === undefined ? {} : { cwd }) })
  // It need not read what it is sent.
  child.stdin.on('error', () => undefined)
  return child
}

export function exitStatusOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code: number | null) => resolve(code ?? 128))
  })
}

const escaped = (value: string): string =>
  Buffer.from(value, 'latin1')
    .toString('hex')
    .replace(/../g, (digits) => `\\x${digits}`)
