// Reading wrk's output: real output of wrk 4.1, plain, with errors, and broken.
import { describe, expect, test } from 'vitest'

import { parseWrkOutput, parseWrkTime, totalErrors } from '../../bench/load/wrk-output.ts'

const PLAIN = `Running 3s test @ http://127.0.0.1:9123/1k
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.73ms  310.12us   9.81ms   92.21%
    Req/Sec    23.59k     1.02k   24.91k    80.00%
  Latency Distribution
     50%    2.68ms
     75%    2.79ms
     90%  890.00us
     99%    1.04s 
  70421 requests in 3.00s, 81.12MB read
Requests/sec:  23450.51
Transfer/sec:     27.02MB
  99.9% of latencies: 1500us
`

const WITH_ERRORS = PLAIN.replace(
  'Requests/sec',
  '  Socket errors: connect 1, read 20, write 3, timeout 4\n  Non-2xx or 3xx responses: 500\nRequests/sec',
)

describe('parseWrkOutput', () => {
  test('reads the requests, the duration and the rate', () => {
    const { requests, durationUs, requestsPerSecond } = parseWrkOutput(PLAIN)
    expect({ requests, durationUs, requestsPerSecond }).toEqual({
      requests: 70421,
      durationUs: 3_000_000,
      requestsPerSecond: 23450.51,
    })
  })

  test('reads the percentiles in whatever unit wrk chose', () => {
    const { latencyUs } = parseWrkOutput(PLAIN)
    expect([...latencyUs.keys()]).toEqual([50, 75, 90, 99, 99.9])
    expect(latencyUs.get(50)).toBeCloseTo(2680)
    expect(latencyUs.get(90)).toBeCloseTo(890)
    expect(latencyUs.get(99)).toBeCloseTo(1_040_000)
    expect(latencyUs.get(99.9)).toBe(1500)
  })

  test('counts no errors where wrk prints none', () => {
    expect(totalErrors(parseWrkOutput(PLAIN).errors)).toBe(0)
  })

  test('reads socket errors and refused requests', () => {
    const { errors } = parseWrkOutput(WITH_ERRORS)
    expect(errors).toEqual({ connect: 1, read: 20, write: 3, timeout: 4, status: 500 })
    expect(totalErrors(errors)).toBe(528)
  })

  test('throws, with the output, when the figures are not there', () => {
    expect(() => parseWrkOutput('unable to connect to 127.0.0.1:1 Connection refused')).toThrow(
      /Connection refused/,
    )
  })
})

describe('parseWrkTime', () => {
  test.each([
    ['114.00us', 114],
    ['1.05ms', 1050],
    ['2.00s', 2e6],
    ['1.50m', 90e6],
    ['1.00h', 3600e6],
  ])('%s is %d µs', (text, expectedUs) => {
    expect(parseWrkTime(text)).toBeCloseTo(expectedUs)
  })

  test.each(['', '5', 'ms', '1.0ns', '-1ms'])('refuses "%s"', (text) => {
    expect(() => parseWrkTime(text)).toThrow(/unexpected/)
  })
})
