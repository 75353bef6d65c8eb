// Reads what `wrk --latency` prints, and the line that request.lua adds. Anything that is not as expected throws: a figure is read or it is not there.

export type WrkErrors = {
  readonly connect: number
  readonly read: number
  readonly write: number
  readonly timeout: number
  /** Answers whose status was not 2xx or 3xx. */
  readonly status: number
}

export type WrkResult = {
  readonly requests: number
  readonly durationUs: number
  readonly requestsPerSecond: number
  /** By percentile: 50, 75, 90, 99 and 99.9. */
  readonly latencyUs: ReadonlyMap<number, number>
  readonly errors: WrkErrors
}

const UNIT_US: Readonly<Record<string, number>> = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 }

export function parseWrkOutput(output: string): WrkResult {
  const [, requests = '', duration = ''] = expectMatch(output, /^\s*(\d+) requests in (\S+),/m)
  const [, requestsPerSecond] = expectMatch(output, /^Requests\/sec:\s+([\d.]+)$/m)
  return {
    requests: Number(requests),
    durationUs: parseWrkTime(duration),
    requestsPerSecond: Number(requestsPerSecond),
    latencyUs: parseLatencies(output),
    errors: parseErrors(output),
  }
}

/** Reads a time as in `1.05ms`. */
export function parseWrkTime(text: string): number {
  const [, number, unit = ''] = expectMatch(text, /^([\d.]+)(us|ms|s|m|h)$/)
  return Number(number) * (UNIT_US[unit] ?? Number.NaN)
}

function parseLatencies(output: string): Map<number, number> {
  const lines = [...output.matchAll(/^\s+([\d.]+)%(?: of latencies:)?\s+(\S+)[ ]*$/gm)]
  return new Map(lines.map(([, percentile, time = '']) => [Number(percentile), parseWrkTime(time)]))
}

/** wrk prints these lines only when there was something to count. */
function parseErrors(output: string): WrkErrors {
  const socket = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output)
  const status = /Non-2xx or 3xx responses: (\d+)/.exec(output)
  const [connect = 0, read = 0, write = 0, timeout = 0] = (socket ?? []).slice(1).map(Number)
  return { connect, read, write, timeout, status: Number(status?.[1] ?? 0) }
}

export function totalErrors({ connect, read, write, timeout, status }: WrkErrors): number {
  return connect + read + write + timeout + status
}

function expectMatch(text: string, pattern: RegExp): RegExpExecArray {
  const match = pattern.exec(text)
  if (match === null)
    throw new Error(`wrk printed something unexpected (no ${pattern.source}):\n${text.trim()}`)
  return match
}
