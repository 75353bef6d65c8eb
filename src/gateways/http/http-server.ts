// The HTTP/1.1 gateway: listens, makes a connection of each client, and checks their deadlines with one coarse clock.

import { createServer } from 'node:net'
import type { AddressInfo, ListenOptions, Server, Socket } from 'node:net'
import { takeConnections } from '../../io/shared-reading.ts'
import type { HttpLimits } from '../../http/limits.ts'
import { ResponseEncoder } from '../../http/response-encoder.ts'
import type { ViolationCode } from '../../http/violation.ts'
import { encodePairs } from '../../wsgi/environ-block.ts'
import type { Exchange, ExchangeHandler } from '../../wsgi/exchange.ts'
import type { SpoolDirectory } from '../spool.ts'
import { ConnectionEnviron } from './connection-environ.ts'
import type { EnvironSettings } from './http-environ.ts'
import { HttpConnection } from './http-connection.ts'
import type { HttpReports, HttpServerContext, HttpTimes, ServedConnection } from './http-context.ts'

const CLOCK_MS = 250
// For clients on a Unix socket, which has neither names nor ports; the Host field says more.
const UNIX_SERVER_NAME = 'localhost'
const UNIX_SERVER_PORT = '80'

export interface HttpServerOptions {
  readonly handler: ExchangeHandler
  readonly limits: HttpLimits
  readonly times: HttpTimes
  readonly spool: SpoolDirectory
  /** The Server field's value; empty for none. */
  readonly serverHeader: string
  /** SERVER_SOFTWARE in the environ. */
  readonly serverSoftware: string
  /** Mount prefix of the application, percent-encoded as in request targets; empty without one. */
  readonly scriptName: string
  readonly reports: HttpReports
}

export class HttpServer implements HttpServerContext {
  readonly handler: ExchangeHandler
  readonly limits: HttpLimits
  readonly times: HttpTimes
  readonly spool: SpoolDirectory
  readonly encoder: ResponseEncoder
  isStopping = false
  #nowMs = performance.now()
  wallClockMs = Date.now()

  readonly #options: HttpServerOptions
  readonly #environSettings: EnvironSettings
  readonly #scriptName: string
  readonly #listeners: Server[] = []
  readonly #connections = new Set<ServedConnection>()
  readonly #clock: NodeJS.Timeout
  readonly #idPrefix = Date.now().toString(36)
  #requests = 0
  #whenEmpty: (() => void) | undefined

  constructor(options: HttpServerOptions) {
    this.#options = options
    this.handler = options.handler
    this.limits = options.limits
    this.times = options.times
    this.spool = options.spool
    this.encoder = new ResponseEncoder(options.serverHeader)
    const scriptName = decodeURIComponent(options.scriptName)
    this.#environSettings = {
      mount: Buffer.from(encodeURI(scriptName), 'latin1'),
      onUnderscoreField: (name) => this.underscoreField(name),
    }
    this.#scriptName = Buffer.from(scriptName, 'utf8').toString('latin1')
    this.#clock = setInterval(() => this.#tick(), CLOCK_MS)
  }

  /** Resolves with the bound address (a path for a Unix socket); rejects with what the system said. */
  listen(options: ListenOptions): Promise<AddressInfo | string> {
    const listener = createServer({ allowHalfOpen: true })
    return new Promise((resolve, reject) => {
      listener.once('error', reject)
      listener.listen(options, () => {
        listener.off('error', reject)
        listener.on('error', (error) => this.#options.reports.listenerFailed(error))
        takeConnections(listener, (open) => this.#connections.add(new HttpConnection(open, this)))
        this.#listeners.push(listener)
        resolve(listener.address() ?? '')
      })
    })
  }

  /** Takes no more connections and requests; resolves when all that were accepted are answered. */
  async stop(): Promise<void> {
    this.isStopping = true
    for (const listener of this.#listeners) listener.close()
    for (const connection of this.#connections) connection.stop()
    if (this.#connections.size > 0) await new Promise<void>((resolve) => (this.#whenEmpty = resolve))
    clearInterval(this.#clock)
  }

  /** Ends everything at once. */
  destroy(): void {
    this.isStopping = true
    clearInterval(this.#clock)
    for (const listener of this.#listeners) listener.close()
    for (const connection of this.#connections) connection.destroy()
  }

  deadlineMs(forMs: number): number {
    // The clock may be one tick behind: never too early.
    return this.#nowMs + CLOCK_MS + forMs
  }

  connectionEnviron(socket: Socket): ConnectionEnviron {
    const isUnix = socket.localAddress === undefined
    const pairs = encodePairs({
      SERVER_NAME: isUnix ? UNIX_SERVER_NAME : socket.localAddress,
      SERVER_PORT: isUnix ? UNIX_SERVER_PORT : String(socket.localPort),
      SERVER_SOFTWARE: this.#options.serverSoftware,
      SCRIPT_NAME: this.#scriptName,
      REMOTE_ADDR: withoutMapping(socket.remoteAddress ?? ''),
      REMOTE_PORT: String(socket.remotePort ?? ''),
      'wsgi.url_scheme': 'http',
    })
    return new ConnectionEnviron(pairs, this.#environSettings)
  }

  nextRequestNumber(): number {
    return ++this.#requests
  }

  requestId(requestNumber: number): string {
    return `${this.#idPrefix}-${requestNumber.toString(36)}`
  }

  closed(connection: ServedConnection): void {
    this.#connections.delete(connection)
    if (this.#connections.size === 0) this.#whenEmpty?.()
  }

  refused(code: ViolationCode, remoteAddress: string | undefined): void {
    this.#options.reports.refused(code, remoteAddress)
  }

  bodyFailed(error: Error): void {
    this.#options.reports.bodyFailed(error)
  }

  clientLeft(exchange: Exchange): void {
    this.#options.reports.clientLeft(exchange)
  }

  underscoreField(name: string): void {
    this.#options.reports.underscoreField(name)
  }

  #tick(): void {
    this.#nowMs = performance.now()
    this.wallClockMs = Date.now()
    for (const connection of this.#connections) connection.checkDeadline(this.#nowMs)
  }
}

/** An IPv4 client on an IPv6 socket is an IPv4 client: `::ffff:192.0.2.1` is `192.0.2.1`. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address
}
