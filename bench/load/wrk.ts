// Runs wrk, pinned to the core of the load generator.
import { collectOutput } from '../processes/collect-output.ts'
import { parseWrkOutput, type WrkResult } from './wrk-output.ts'

export type WrkLoad = {
  readonly url: string
  readonly connections: number
  readonly seconds: number
  /** A Lua file that describes the request; without it a plain GET. */
  readonly script?: string
}

export async function runWrk(
  { url, connections, seconds, script }: WrkLoad,
  core: number,
): Promise<WrkResult> {
  const options = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '10s', '--latency']
  const scriptOption = script === undefined ? [] : ['-s', script]
  return parseWrkOutput(await collectOutput(['wrk', ...options, ...scriptOption, url], core))
}
