// Clients of a server that limits how many there may be.
import { RawConnection } from '../../../test/harness/raw-connection.ts'
import { inParallel } from '../in-parallel.ts'

const AT_ONCE = 50
const REQUEST = 'GET / HTTP/1.1\r\nHost: many.test\r\n\r\n'

/** Connections from 127.0.0.x, kept open until `leave`. */
export class LimitedClients implements Disposable {
  readonly #port: number
  #open: RawConnection[] = []

  constructor(port: number) {
    this.#port = port
  }

  /** Connects from addresses by turns; resolves with how many were served. */
  async connect(count: number, addresses: readonly number[]): Promise<number> {
    let served = 0
    await inParallel(AT_ONCE, count, async (index) => {
      const connection = await this.#connectFrom(addresses[index % addresses.length]!)
      if (await isServed(connection)) served++
    })
    return served
  }

  /** Connects from one address, and counts those that are refused as they should be; they say nothing themselves. */
  async countRefused(count: number, address: number): Promise<number> {
    let refused = 0
    await inParallel(AT_ONCE, count, async () => {
      const connection = await this.#connectFrom(address)
      const answer = await connection.readResponse().catch(() => undefined)
      if (answer?.status !== 503 || answer.values('Retry-After').length === 0) return
      await connection.ended()
      refused++
    })
    return refused
  }

  /** Sends another request on each; resolves with how many were served. */
  async countServed(): Promise<number> {
    let served = 0
    await inParallel(AT_ONCE, this.#open.length, async (index) => {
      if (await isServed(this.#open[index]!)) served++
    })
    return served
  }

  /** Leaves; others can be connected then. */
  leave(): void {
    for (const connection of this.#open) connection.close()
    this.#open = []
  }

  [Symbol.dispose](): void {
    this.leave()
  }

  async #connectFrom(address: number): Promise<RawConnection> {
    const connection = await RawConnection.open({
      port: this.#port,
      host: '127.0.0.1',
      localAddress: `127.0.0.${address}`,
      // Who is refused does not leave by himself: that must not cost anybody else a place.
      allowHalfOpen: true,
    })
    this.#open.push(connection)
    return connection
  }
}

async function isServed(connection: RawConnection): Promise<boolean> {
  const answer = await connection.request(REQUEST).catch(() => undefined)
  return answer?.status === 200
}
