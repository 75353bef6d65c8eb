// Runs one set-up command to its end. Failing is an ordinary outcome here: the caller says what follows from it.
import { execFile } from 'node:child_process'

export type CommandOutcome = { readonly isOk: boolean; readonly stdout: string; readonly reason: string }

export async function runCommand(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandOutcome> {
  const [program = '', ...rest] = argv
  return await new Promise((resolve) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 }
    execFile(program, rest, options, (error, stdout, stderr) => {
      const reason = error ? lastLine(stderr) || lastLine(stdout) || error.message : ''
      resolve({ isOk: error === null, stdout, reason })
    })
  })
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? ''
}

/** The first line that a command prints; throws with the command's own reason. */
export async function firstLineOf(argv: readonly string[]): Promise<string> {
  const { isOk, stdout, reason } = await runCommand(argv)
  if (!isOk) throw new Error(reason)
  return stdout.split('\n')[0] ?? ''
}
