// A gateway in the test's own process, with a handler that the test gives in place of workers.

import { resolve } from '../../src/config/resolve.ts'
import { routesOf } from '../../src/config/routes-of.ts'
import type { Readiness } from '../../src/gateways/health.ts'
import { GatewayServer } from '../../src/gateways/gateway-server.ts'
import type { Protocol } from '../../src/config/bind-address.ts'
import { HttpGateway } from '../../src/gateways/http/http-gateway.ts'
import type { GatewayReports } from '../../src/gateways/server-context.ts'
import { gatewayOf } from '../../src/server/gateway-of.ts'
import { openStaticFiles } from '../../src/server/open-static-files.ts'
import type { AccessRecord, WantedDetail } from '../../src/wsgi/access-record.ts'
import type { Exchange } from '../../src/wsgi/exchange.ts'
import type { ResponseHead } from '../../src/wsgi/response-head.ts'
import { RawConnection } from '../harness/raw-connection.ts'
import { TestSpool } from '../harness/spools.ts'

const BLOCK = Buffer.from('OK\0', 'latin1')

export const OK: ResponseHead = {
  status: 200,
  hasDate: false,
  hasServer: false,
  contentLength: -1,
  bytes: BLOCK,
  blockStart: 0,
  blockEnd: BLOCK.length,
}

/** Answers with everything at once. */
export const answerWith = (exchange: Exchange, body: Buffer): void =>
  exchange.answer(OK, body, 0, body.length)

/** `await using` ends it. */
export class TestGateway implements AsyncDisposable {
  readonly records: AccessRecord[] = []
  /** What the access log wants to know besides. */
  readonly wants: WantedDetail[] = []
  /** Names of what was reported, in order. */
  readonly reports: string[] = []
  /** What `--ready-path` says. */
  readiness: Readiness = true
  readonly spool: TestSpool
  readonly server: GatewayServer
  #port = 0

  private constructor(options: readonly string[], handle: (exchange: Exchange) => void) {
    const resolution = resolve({ argv: ['test:application', ...options], env: {} })
    if (resolution.kind !== 'settings') throw new Error(`bad options: ${options.join(' ')}`)
    const { settings } = resolution
    this.spool = new TestSpool('named')
    this.server = new GatewayServer({
      ...settings,
      gatewayOf: (protocol, server) =>
        protocol === 'http'
          ? new HttpGateway(server, { ...settings, serverSoftware: 'gantry/test' })
          : gatewayOf(protocol, server, settings),
      handler: { handle },
      health: { ...settings, isReady: () => this.readiness },
      staticFiles: openStaticFiles(settings),
      bounds: settings,
      times: settings,
      buffers: settings,
      routes: routesOf(settings),
      spool: this.spool.directory,
      readsRequestStart: settings.queueTimeoutMs > 0,
      reports: this.#reports(),
    })
  }

  static async start(
    options: readonly string[],
    handle: (exchange: Exchange) => void,
    protocol: Protocol = 'http',
  ): Promise<TestGateway> {
    const gateway = new TestGateway(options, handle)
    const address = await gateway.server.listen(protocol, { host: '127.0.0.1', port: 0 })
    gateway.#port = typeof address === 'string' ? 0 : address.port
    return gateway
  }

  get port(): number {
    return this.#port
  }

  connect(): Promise<RawConnection> {
    return RawConnection.open({ host: '127.0.0.1', port: this.#port })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.destroy()
    await this.server.stop({ idleMs: 0, requestMs: 0 })
    this.spool[Symbol.dispose]()
  }

  #reports(): GatewayReports {
    return {
      refused: (code) => this.reports.push(code),
      bounded: (limit) => this.reports.push(limit),
      bodyFailed: (error) => this.reports.push(error.code),
      answerFailed: (_, error) => this.reports.push(error.code),
      staticFileFailed: (_, error) => this.reports.push(error.message),
      listenerFailed: () => this.reports.push('listenerFailed'),
      clientLeft: () => this.reports.push('clientLeft'),
      cancelled: ({ method, target }) => this.reports.push(`cancelled ${method} ${target}`),
      underscoreField: () => undefined,
      forwardedFieldRemoved: () => undefined,
      access: { wants: this.wants, record: (record) => this.records.push(record) },
    }
  }
}
