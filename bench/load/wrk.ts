// Runs wrk, pinned to the cores of the load generator.
import { join } from 'node:path'

import { collectOutput } from '../processes/collect-output.ts'
import { parseWrkOutput, type WrkResult } from './wrk-output.ts'

// wrk counts whole seconds only. It is interrupted instead, upon which it tells what it has done until then.
const LONGEST = '1h'
const SCRIPT = join(import.meta.dirname, 'request.lua')

export type WrkLoad = {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  /** POST this many bytes; without it a plain GET. */
  readonly postBytes?: number
}

export async function runWrk(
  { url, connections, seconds, postBytes }: WrkLoad,
  cores: string,
): Promise<WrkResult> {
  const options = ['-t1', `-c${connections}`, `-d${LONGEST}`, '--timeout', '10s', '--latency', '-s', SCRIPT]
  const scriptArguments = postBytes === undefined ? [] : ['--', String(postBytes)]
  const argv = ['wrk', ...options, url, ...scriptArguments]
  return parseWrkOutput(await collectOutput(argv, cores, { interruptAfterMs: seconds * 1_000 }))
}
