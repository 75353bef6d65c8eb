// Runs wrk, pinned to the cores of the load generator.
import { join } from 'node:path'

import { collectOutput } from '../processes/collect-output.ts'
import { parseWrkOutput, type WrkResult } from './wrk-output.ts'

const SCRIPT = join(import.meta.dirname, 'request.lua')

export type WrkLoad = {
  readonly url: string
  readonly connections: number
  /** Whole seconds: wrk knows no others. */
  readonly seconds: number
  /** POST this many bytes; without it a plain GET. */
  readonly postBytes?: number
}

export async function runWrk(
  { url, connections, seconds, postBytes }: WrkLoad,
  cores: string,
): Promise<WrkResult> {
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '--latency', '-s', SCRIPT]
  const scriptArguments = postBytes === undefined ? [] : ['--', String(postBytes)]
  return parseWrkOutput(await collectOutput(['wrk', ...options, url, ...scriptArguments], cores))
}
