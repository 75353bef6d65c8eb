// Answers that are files, from the descriptor to the client: what becomes of the file, and of the memory that it is read into.

import { openSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/wsgi/exchange.ts'
import { openFilesIn } from '../harness/open-files.ts'
import { numberedBytes } from '../harness/spools.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'
import { until } from '../harness/until.ts'
import { OK, TestGateway } from './gateway.ts'

const DEADLINE_MS = 10_000
// More than the system takes on behalf of a client that reads nothing.
const LARGE_BYTES = 16 * 1_048_576
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** Whose gateway tells how much of the answer is written. */
interface SendingExchange extends Exchange {
  readonly bodyBytes: number
}

/** A gateway that answers everything with a part of one file. */
class FileGateway implements AsyncDisposable {
  readonly path: string
  exchange: SendingExchange | undefined
  readonly #directory: TemporaryDirectory
  readonly #gateway: TestGateway

  private constructor(directory: TemporaryDirectory, gateway: TestGateway, path: string) {
    this.#directory = directory
    this.#gateway = gateway
    this.path = path
  }

  static async start(content: Buffer, offset = 0, options: readonly string[] = []): Promise<FileGateway> {
    const directory = new TemporaryDirectory()
    const path = directory.join('file')
    writeFileSync(path, content)
    const size = content.length - offset
    const gateway = await TestGateway.start(options, (exchange) => {
      started.exchange = exchange as SendingExchange
      exchange.begin({ ...OK, contentLength: size, bytes: block(size), blockEnd: block(size).length })
      exchange.sendFile({ descriptor: openSync(path, 'r'), offset, size })
      exchange.end()
    })
    const started = new FileGateway(directory, gateway, path)
    return started
  }

  connect(): ReturnType<TestGateway['connect']> {
    return this.#gateway.connect()
  }

  get heldBytes(): number {
    return this.#gateway.spool.directory.memory.heldBytes
  }

  /** Resolves when some of the answer is on its way. */
  untilBegun(): Promise<void> {
    const hasBegun = (): boolean => this.exchange !== undefined && this.exchange.bodyBytes > LARGE_BYTES / 16
    return until(hasBegun, DEADLINE_MS, () => 'nothing is sent')
  }

  /** Resolves when nothing is held for any answer any more. */
  untilFree(): Promise<void> {
    const isFree = (): boolean => this.heldBytes === 0 && openFilesIn(this.#directory.path).length === 0
    return until(isFree, DEADLINE_MS, () => `${this.heldBytes} bytes are held`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gateway[Symbol.asyncDispose]()
    this.#directory[Symbol.dispose]()
  }
}

const block = (size: number): Buffer => Buffer.from(`OK\0Content-Length\0${size}\0`, 'latin1')

describe.runIf(process.platform === 'linux')('a file as an answer', () => {
  test.each([
    ['of one block', 10_000, []],
    ['of a few', 1_000_001, []],
    ['for which there is no memory but the own', 1_000_001, ['--body-memory-bytes', '0']],
  ])('%s arrives as it is, on a connection that lives on', async (_, bytes, options) => {
    const content = numberedBytes(bytes)
    await using gateway = await FileGateway.start(content, 1234, options)
    using connection = await gateway.connect()
    for (let i = 0; i < 3; i++) {
      const response = await connection.request(GET)
      expect(response.body.equals(content.subarray(1234))).toBe(true)
    }
    await gateway.untilFree()
  })

  test('waits for a client that does not read, and goes on with it', async () => {
    const content = numberedBytes(LARGE_BYTES)
    await using gateway = await FileGateway.start(content)
    using connection = await gateway.connect()
    connection.socket.pause()
    connection.send(GET)
    await gateway.untilBegun()
    connection.socket.resume()
    const response = await connection.readResponse()
    expect(response.body.equals(content)).toBe(true)
    await gateway.untilFree()
  })

  test('is closed, and its memory free, when the client leaves in the middle', async () => {
    await using gateway = await FileGateway.start(numberedBytes(LARGE_BYTES))
    using connection = await gateway.connect()
    connection.send(GET)
    await connection.receiveBytes(100_000)
    connection.socket.resetAndDestroy()
    await gateway.untilFree()
    expect(gateway.exchange?.client).toBe('gone')
  })

  test('looks cut when it has become shorter', async () => {
    const content = numberedBytes(LARGE_BYTES)
    await using gateway = await FileGateway.start(content)
    using connection = await gateway.connect()
    connection.socket.pause()
    connection.send(GET)
    await gateway.untilBegun()
    truncateSync(gateway.path, 100)
    connection.socket.resume()
    const response = await connection.readResponse()
    expect(response.isComplete).toBe(false)
    expect(content.subarray(0, response.body.length).equals(response.body)).toBe(true)
    await gateway.untilFree()
  })
})
