// Runs the open-loop client, pinned to the cores of the load generator, and reads the line that it prints.
import { collectOutput } from '../processes/collect-output.ts'

export type OpenLoad = {
  readonly program: string
  readonly port: number
  readonly path: string
  readonly connections: number
  readonly ratePerSecond: number
  readonly seconds: number
}

export type Percentiles = Readonly<Record<'p50' | 'p90' | 'p99' | 'p999' | 'max', number>>

export type OpenLoadResult = {
  /** How many requests should have been sent. */
  readonly due: number
  readonly answered: number
  readonly failed: number
  /** Not answered two seconds after the last was due. They count with the time they waited. */
  readonly unanswered: number
  /** Answers whose status was not 2xx or 3xx. */
  readonly badStatus: number
  readonly sendingSeconds: number
  /** From when a request was due. */
  readonly latencyUs: Percentiles
  /** From when it was sent: what a closed loop would tell. */
  readonly serviceUs: Percentiles
  /** How late the client itself was. */
  readonly lateUs: Percentiles
}

const COUNTS = ['due', 'answered', 'failed', 'unanswered', 'badStatus', 'sendingSeconds'] as const
const TIMES = ['latencyUs', 'serviceUs', 'lateUs'] as const
const PERCENTILES = ['p50', 'p90', 'p99', 'p999', 'max'] as const

export async function runOpenLoop(load: OpenLoad, cores: string): Promise<OpenLoadResult> {
  const { program, port, path, connections, ratePerSecond, seconds } = load
  const numbers = [connections, Math.round(ratePerSecond), seconds].map(String)
  return parseOpenLoopOutput(await collectOutput([program, String(port), path, ...numbers], cores))
}

/** Anything that is not as expected throws: a figure is read or it is not there. */
export function parseOpenLoopOutput(output: string): OpenLoadResult {
  const result = parseObject(output) as Partial<OpenLoadResult>
  const numbers = [
    ...COUNTS.map((name) => result[name]),
    ...TIMES.flatMap((name) => PERCENTILES.map((percentile) => result[name]?.[percentile])),
  ]
  if (!numbers.every((number) => typeof number === 'number' && Number.isFinite(number)))
    throw new Error(`open-loop printed something unexpected:\n${output.trim()}`)
  return result as OpenLoadResult
}

function parseObject(output: string): object {
  try {
    return Object(JSON.parse(output)) as object
  } catch {
    return {}
  }
}
