// A FastCGI server of the tests' own: it reads records by hand, and answers as each test has it, well or badly.

import { type AddressInfo, type Server, type Socket, createServer } from 'node:net'
import { rawRecord } from '../../fastcgi/records.ts'
import { until } from '../../harness/until.ts'

const DEADLINE_MS = 10_000

export interface SeenRecord {
  readonly type: number
  readonly id: number
  readonly content: Buffer
}

/** One connection, as its server sees it. */
export class FakeConnection {
  readonly socket: Socket
  readonly records: SeenRecord[] = []
  hasEnded = false
  #received = Buffer.alloc(0)
  #at = 0

  constructor(socket: Socket) {
    this.socket = socket
    socket.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes])
      this.#parse()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => (this.hasEnded = true))
    socket.on('end', () => (this.hasEnded = true))
  }

  /** The next record that nobody has taken. */
  async next(): Promise<SeenRecord> {
    await until(
      () => this.records.length > this.#at || this.hasEnded,
      DEADLINE_MS,
      () => 'there is no next record',
    )
    const record = this.records[this.#at++]
    if (record === undefined) throw new Error('the connection has ended')
    return record
  }

  /** Reads what begins a request. */
  async request(): Promise<FakeRequest> {
    const begin = await this.next()
    const params: Buffer[] = []
    for (let record = await this.next(); record.content.length > 0; record = await this.next()) {
      if (record.type !== 4) throw new Error(`a record of type ${record.type} among the parameters`)
      params.push(record.content)
    }
    return { begin, params: decodeParams(Buffer.concat(params)) }
  }

  /** Reads a body to its end. */
  async body(): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let record = await this.next(); record.content.length > 0; record = await this.next())
      parts.push(record.content)
    return Buffer.concat(parts)
  }

  send(type: number, content: string | Uint8Array = '', padding = 0): boolean {
    return this.socket.write(rawRecord({ type, content, padding }))
  }

  out(text: string): boolean {
    return this.send(6, text)
  }

  end(applicationStatus = 0, protocolStatus = 0): void {
    this.send(3, Buffer.from([0, 0, 0, applicationStatus, protocolStatus, 0, 0, 0]))
  }

  #parse(): void {
    while (this.#received.length >= 8) {
      const length = this.#received.readUInt16BE(4)
      const end = 8 + length + this.#received[6]!
      if (this.#received.length < end) return
      const content = Buffer.from(this.#received.subarray(8, 8 + length))
      this.records.push({ type: this.#received[1]!, id: this.#received.readUInt16BE(2), content })
      this.#received = this.#received.subarray(end)
    }
  }
}

export interface FakeRequest {
  readonly begin: SeenRecord
  readonly params: Readonly<Record<string, string>>
}

/** `await using` ends it. */
export class FakeServer implements AsyncDisposable {
  readonly connections: FakeConnection[] = []
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  /** `serve` is called for each connection. */
  static async start(
    serve: (connection: FakeConnection, number: number) => Promise<void>,
  ): Promise<FakeServer> {
    const server = createServer((socket) => {
      const connection = new FakeConnection(socket)
      const number = fake.connections.push(connection)
      // What fails here, fails the test by what its client is told.
      serve(connection, number).catch(() => socket.destroy())
    })
    const fake = new FakeServer(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return fake
  }

  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { socket } of this.connections) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

function decodeParams(bytes: Buffer): Record<string, string> {
  const params: Record<string, string> = {}
  let at = 0
  const length = (): number => {
    const first = bytes[at]!
    at += first < 0x80 ? 1 : 4
    return first < 0x80 ? first : bytes.readUInt32BE(at - 4) - 0x8000_0000
  }
  while (at < bytes.length) {
    const nameLength = length()
    const valueLength = length()
    const name = bytes.toString('latin1', at, at + nameLength)
    params[name] = bytes.toString('latin1', at + nameLength, at + nameLength + valueLength)
    at += nameLength + valueLength
  }
  return params
}
