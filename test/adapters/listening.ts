// A server of Node's own on a free port, and clients of it.

import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RawConnection } from '../harness/raw-connection.ts'
import { until } from '../harness/until.ts'

/** Its promise is not waited for. */
type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/** `await using` ends it, with every connection. */
export class ListeningServer implements AsyncDisposable {
  readonly server: Server

  private constructor(server: Server) {
    this.server = server
  }

  static async start(listener: Listener | Server): Promise<ListeningServer> {
    const server =
      typeof listener === 'function'
        ? createServer((request, response) => void listener(request, response))
        : listener
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new ListeningServer(server)
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  connect(): Promise<RawConnection> {
    return RawConnection.open({ host: '127.0.0.1', port: this.port })
  }

  /** A client that leaves in the middle of an endless answer. Resolves when `endless` was closed for it. */
  async leaveInTheMiddle(path: string, endless: { readonly closes: number }): Promise<void> {
    const closes = endless.closes
    const connection = await this.connect()
    connection.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
    await connection.receive((received) => received.length > 1000)
    connection.close()
    await until(
      () => endless.closes === closes + 1,
      5000,
      () => 'it was not closed',
    )
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(this.url + path, init)
  }

  /** The environ that an application which shows it was given. */
  async environ(path: string, init?: RequestInit): Promise<Record<string, string>> {
    return (await (await this.fetch(path, init)).json()) as Record<string, string>
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

/** What an adapter logs. */
export class AdapterLogRecord {
  text = ''
  readonly print = (text: string): void => {
    this.text += text
  }
}

const SETTLED_POLLS = 20

/** What `read` gives when it has not changed for a while: a flow that is held up, or at its end. */
export async function settled(read: () => number): Promise<number> {
  let last = read()
  let polls = 0
  const isSettled = (): boolean => {
    const now = read()
    polls = now === last && now > 0 ? polls + 1 : 0
    last = now
    return polls >= SETTLED_POLLS
  }
  await until(isSettled, 15_000, () => `it still flows, or nothing has come at all: ${last}`)
  return last
}
