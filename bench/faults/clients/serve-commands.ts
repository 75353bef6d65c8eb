// The other side of `ClientProcess`: a program that is told what to do, line by line, until its stdin ends.
import { createInterface } from 'node:readline'

/** What the program was started with. */
export function readSettings(): unknown {
  return JSON.parse(process.argv[2] ?? '{}')
}

/** Answers one command after the other. The process ends with its stdin, even in the middle of a command. */
export function serveCommands(answer: (command: unknown) => Promise<object>): void {
  let isAnswered = Promise.resolve()
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    isAnswered = isAnswered.then(async () => {
      process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`)
    })
  })
  lines.once('close', () => process.exit(0))
}
