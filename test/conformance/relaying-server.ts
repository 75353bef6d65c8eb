// A small web server that hands on requests by FastCGI, SCGI or uwsgi: so the conformance cases, which are about HTTP, run against those
// gateways as they are. It does what web servers do there, and no more: bodies in chunks are collected, each block goes on at once.

import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { RawConnection } from '../harness/raw-connection.ts'
import { type RelayedProtocol, sendRequest } from '../gateways/clients/gateway-client.ts'
import type { Target } from './target.ts'

const NOTHING = Buffer.alloc(0)

/** `await using` ends it. */
export class RelayingServer implements AsyncDisposable {
  readonly #server: Server
  readonly #log: () => string

  private constructor(server: Server, log: () => string) {
    this.#server = server
    this.#log = log
  }

  /** Hands everything on to a gantry that listens at `port`. */
  static async start(protocol: RelayedProtocol, port: number, log: () => string): Promise<RelayingServer> {
    const relay = (request: IncomingMessage, response: ServerResponse): void =>
      void handOn(protocol, port, request, response)
    const server = createServer(relay)
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue()
      relay(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new RelayingServer(server, log)
  }

  get target(): Target {
    const { port } = this.#server.address() as AddressInfo
    const open = (): Promise<RawConnection> => RawConnection.open({ host: '127.0.0.1', port })
    return {
      open,
      async request(raw) {
        using connection = await open()
        return await connection.request(raw)
      },
      log: this.#log,
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

async function handOn(
  protocol: RelayedProtocol,
  port: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const collected = request.headers['transfer-encoding'] === undefined ? undefined : await bodyOf(request)
  const length = collected === undefined ? request.headers['content-length'] : String(collected.length)
  const sent = sendRequest(protocol, { host: '127.0.0.1', port }, variablesOf(request, length), {
    head(answer) {
      const { status, fields, statusLine } = answer
      // RFC 9110 §7.6.1: what is about one connection a web server does not pass on.
      const passed = fields.filter(([name]) => name.toLowerCase() !== 'connection')
      response.writeHead(status, statusLine.split(' ').slice(2).join(' '), passed.flat())
      // The head goes at once, and as latin-1, which flushHeaders does not keep to.
      response.write(NOTHING)
    },
    data: (block) => void response.write(block),
    end(isWhole) {
      if (isWhole) response.end()
      else response.destroy()
    },
  })
  response.once('close', () => {
    if (!response.writableFinished) sent.abort()
  })
  if (collected === undefined) request.on('data', (data: Buffer) => sent.write(data))
  else sent.write(collected)
  if (request.complete) sent.endBody()
  else request.once('end', () => sent.endBody())
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const blocks: Buffer[] = []
  for await (const block of request) blocks.push(block as Buffer)
  return Buffer.concat(blocks)
}

/** The variables that nginx sends with its stock configurations, where all of them are the same. */
function variablesOf(request: IncomingMessage, length: string | undefined): Record<string, string> {
  const target = request.url ?? '/'
  const [path = '', ...query] = target.split('?')
  const variables: Record<string, string> = {
    REQUEST_METHOD: request.method ?? 'GET',
    REQUEST_URI: target,
    PATH_INFO: decoded(path),
    QUERY_STRING: query.join('?'),
    CONTENT_LENGTH: length ?? '',
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    SERVER_PROTOCOL: `HTTP/${request.httpVersion}`,
    SERVER_NAME: '127.0.0.1',
    SERVER_PORT: String(request.socket.localPort),
    REMOTE_ADDR: request.socket.remoteAddress ?? '',
    REMOTE_PORT: String(request.socket.remotePort),
  }
  const { rawHeaders } = request
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    // As nginx does.
    if (name.includes('_')) continue
    const key = `HTTP_${name.toUpperCase().replaceAll('-', '_')}`
    const before = variables[key]
    const separator = key === 'HTTP_COOKIE' ? '; ' : ','
    variables[key] = before === undefined ? rawHeaders[i + 1]! : `${before}${separator}${rawHeaders[i + 1]!}`
  }
  return variables
}

const decoded = (path: string): string =>
  path.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
