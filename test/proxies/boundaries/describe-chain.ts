// The rules of a chain, the same for every proxy.

import { beforeAll, describe, expect, test } from 'vitest'
import type { ProxyProcess } from '../processes/proxy-process.ts'
import { chainCases } from './chain-case.ts'
import { findDisagreements, findStrangers, type ForwardedRequest } from './disagreements.ts'
import { type ChainRun, type RecordingGantry, runChain } from './run-chain.ts'

export interface Chain {
  readonly name: string
  readonly start: (gantryPort: number) => Promise<ProxyProcess>
  readonly forwardedBy: (proxy: ProxyProcess) => ForwardedRequest[]
}

const TIME_LIMIT_MS = 60_000
const cases = chainCases()

export function describeChain(chain: Chain, gantry: () => RecordingGantry): void {
  describe(chain.name, () => {
    let run: ChainRun
    beforeAll(async () => {
      await using proxy = await chain.start(gantry().port)
      run = await runChain(gantry(), proxy, chain.forwardedBy, cases)
    }, TIME_LIMIT_MS)

    test('forwards exactly the requests that Gantry answers, each with its own answer', () => {
      expect(findDisagreements(run)).toEqual([])
    })

    test('brings no request to the application that the case does not hold', () => {
      const strangers = run.sent.flatMap(({ sent, client }) => {
        const ids = run.forwarded.filter((one) => one.client === client).map(({ id }) => id)
        const seen = run.seen.filter(({ id }) => ids.includes(id))
        return findStrangers(seen, sent.reading).map((complaint) => `${sent.name}: ${complaint}`)
      })
      expect(strangers).toEqual([])
    })

    test('is refused nothing that Gantry would take from the client itself', () => {
      const good = run.sent.filter(({ sent }) => ['boundary', 'closing'].includes(sent.reading.end))
      const refused = good.flatMap(({ sent, client }) =>
        run.forwarded
          .filter((one) => one.client === client && one.status !== undefined && one.status >= 400)
          .map(({ status }) => `${sent.name}: ${String(status)}`),
      )
      expect(refused).toEqual([])
    })

    test('answers a clean request behind each case as if nothing had been', () => {
      expect(run.poisoned).toEqual([])
      expect(run.sent.length).toBe(cases.length)
    })

    test('uses connections to Gantry again, and lets many cases through, and Gantry refuses some of them', () => {
      const refused = run.forwarded.filter(({ status }) => status !== undefined && status >= 400)
      expect(run.seen.length).toBeGreaterThan(1.2 * cases.length)
      expect(refused.length).toBeGreaterThan(0)
      // A new one after a refusal, and after a request that was broken off; all others are shared.
      expect(run.connections).toBeLessThan(run.seen.length / 2)
    })
  })
}
