// An open-loop load: requests fall due at a fixed rate, whether or not the ones before are answered, so a server that stands still
// is charged for every request that had to wait (no coordinated omission). A request falls due when the client's clock says so:
// how late that clock was is a figure of its own, not the server's latency.
import { settles } from '../server/settles.ts'
import { describeLatencies, type LatencyFigures } from './latencies.ts'
import { SteadyClient, type SteadyRecord } from './steady-client.ts'

const OPEN_DEADLINE_MS = 20_000
const ANSWER_DEADLINE_MS = 10_000
const TICK_MS = 1

export interface LoadFigures extends LatencyFigures {
  readonly answered: number
  readonly errors: number
  /** Of the errors, those answered 503. */
  readonly refused: LatencyFigures & { readonly count: number }
  /** Given up, long after the last one was sent. */
  readonly unanswered: number
  /** How late the client itself was with its requests: where this is large, so are the latencies, for no fault of the server's. */
  readonly ownLatenessP99Us: number
}

export class SteadyLoad implements Disposable {
  #record: SteadyRecord = emptyRecord()
  readonly #clients: readonly SteadyClient[]

  private constructor(port: number, connections: number, target: string) {
    const record = (): SteadyRecord => this.#record
    this.#clients = Array.from({ length: connections }, () => new SteadyClient(port, target, record))
  }

  /** Resolves when every connection is open. */
  static async open(port: number, connections: number, target = '/'): Promise<SteadyLoad> {
    const load = new SteadyLoad(port, connections, target)
    if (await settles(() => load.#clients.every(({ isIdle }) => isIdle), OPEN_DEADLINE_MS)) return load
    load[Symbol.dispose]()
    throw new Error(`${connections} connections could not be opened within ${OPEN_DEADLINE_MS} ms`)
  }

  /** Sends at a rate for a time, and waits for the answers. */
  async measure(requestsPerSecond: number, seconds: number): Promise<LoadFigures> {
    this.#record = emptyRecord()
    const latenessUs = await this.#sendFor(requestsPerSecond, seconds)
    await settles(() => !this.#clients.some(({ isWaiting }) => isWaiting), ANSWER_DEADLINE_MS)
    for (const client of this.#clients) if (client.isWaiting) client.giveUp()
    const { latenciesUs, refusalsUs, errors, unanswered } = this.#record
    return {
      ...describeLatencies(latenciesUs),
      answered: latenciesUs.length - unanswered,
      errors,
      refused: { ...describeLatencies(refusalsUs), count: refusalsUs.length },
      unanswered,
      ownLatenessP99Us: describeLatencies(latenessUs).p99Us,
    }
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client[Symbol.dispose]()
  }

  /** Resolves when all are sent, with how late each was. */
  #sendFor(requestsPerSecond: number, seconds: number): Promise<readonly number[]> {
    const total = requestsPerSecond * seconds
    const everyMs = 1000 / requestsPerSecond
    const startMs = performance.now()
    const latenessUs: number[] = []
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const nowMs = performance.now()
        for (let sent = latenessUs.length; sent < total && startMs + sent * everyMs <= nowMs; sent++) {
          latenessUs.push((nowMs - startMs - sent * everyMs) * 1000)
          this.#clients[sent % this.#clients.length]?.request()
        }
        if (latenessUs.length < total) return
        clearInterval(timer)
        resolve(latenessUs)
      }, TICK_MS)
    })
  }
}

function emptyRecord(): SteadyRecord {
  return { latenciesUs: [], refusalsUs: [], errors: 0, unanswered: 0 }
}
