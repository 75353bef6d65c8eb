// Runs a program pinned to cores until it ends, by itself or by an interrupt (Ctrl-C) after a time, and returns what it
// wrote to stdout.
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

import { endPinned, startPinned } from './pinned-process.ts'

export async function collectOutput(
  argv: readonly string[],
  cores: string,
  { interruptAfterMs }: { interruptAfterMs?: number } = {},
): Promise<string> {
  const child = startPinned({ argv, cores, stdio: ['ignore', 'pipe', 'inherit'] })
  const { pid, stdout } = child
  if (pid === undefined || stdout === null) throw new Error(`${argv[0] ?? ''} could not be started`)
  const interrupt =
    interruptAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGINT'), interruptAfterMs)
  try {
    const ended = once(child, 'exit')
    const output = await text(stdout)
    await ended
    if (child.exitCode !== 0)
      throw new Error(`${argv[0] ?? ''} ended with ${child.exitCode ?? 'a signal'}: ${output.trim()}`)
    return output
  } finally {
    clearTimeout(interrupt)
    await endPinned([pid])
  }
}
