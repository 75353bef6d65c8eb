// An answer as it stood on the wire (RFC 9112 §6): head, framing, body. Reads strictly; what cannot be read throws.

/** Where the bytes come from: a connection. */
interface ResponseSource {
  readonly received: Buffer
  readonly hasEnded: boolean
  receive(isEnough: (received: Buffer) => boolean): Promise<boolean>
  receiveBytes(count: number): Promise<boolean>
  ended(): Promise<void>
  take(count: number): Buffer
}

export class RawResponse {
  readonly statusLine: string
  readonly fields: readonly (readonly [name: string, value: string])[]
  /** Status lines of the 1xx answers before this one. */
  readonly interim: readonly string[]
  body: Buffer = Buffer.alloc(0)
  /** The chunks of a chunked body, as they were sent. */
  chunks: Buffer[] = []
  /** Nothing is missing at its end. Without a length only closing says so: then a reset is what shows a cut. */
  isComplete = true

  constructor(head: string, interim: readonly string[]) {
    const [statusLine = '', ...lines] = head.split('\r\n')
    this.statusLine = statusLine
    this.fields = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
    this.interim = interim
  }

  get status(): number {
    return Number(this.statusLine.split(' ')[1])
  }

  get text(): string {
    return this.body.toString('latin1')
  }

  /** Every value of the field, in the order sent. */
  values(name: string): string[] {
    return this.fields
      .filter((field) => field[0].toLowerCase() === name.toLowerCase())
      .map((field) => field[1])
  }
}

export async function readRawResponse(source: ResponseSource, method: string): Promise<RawResponse> {
  const interim: string[] = []
  let head = await readHead(source)
  while (/^HTTP\/1\.[01] 1\d\d /.test(head)) {
    interim.push(head.split('\r\n')[0]!)
    head = await readHead(source)
  }
  const response = new RawResponse(head, interim)
  if (method === 'HEAD' || response.status === 204 || response.status === 304) return response
  if (response.values('Transfer-Encoding').length > 0) await readChunks(source, response)
  else if (response.values('Content-Length').length > 0) await readSized(source, response)
  else await readToEnd(source, response)
  return response
}

async function readHead(source: ResponseSource): Promise<string> {
  const hasHead = await source.receive((received) => received.includes('\r\n\r\n'))
  if (!hasHead) {
    throw new Error(
      `the connection ended without an answer; received: ${JSON.stringify(source.received.toString('latin1'))}`,
    )
  }
  const head = source.take(source.received.indexOf('\r\n\r\n') + 4).toString('latin1')
  return head.slice(0, -4)
}

async function readSized(source: ResponseSource, response: RawResponse): Promise<void> {
  const length = Number(response.values('Content-Length')[0])
  response.isComplete = await source.receiveBytes(length)
  response.body = source.take(Math.min(length, source.received.length))
}

async function readToEnd(source: ResponseSource, response: RawResponse): Promise<void> {
  await source.ended()
  response.body = source.take(source.received.length)
}

async function readChunks(source: ResponseSource, response: RawResponse): Promise<void> {
  for (;;) {
    response.isComplete = await source.receive((received) => received.includes('\r\n'))
    if (!response.isComplete) break
    const sizeLine = source
      .take(source.received.indexOf('\r\n') + 2)
      .toString('latin1')
      .slice(0, -2)
    if (!/^[0-9a-f]+$/i.test(sizeLine)) throw new Error(`not a chunk size: ${JSON.stringify(sizeLine)}`)
    const size = Number.parseInt(sizeLine, 16)
    response.isComplete = await source.receiveBytes(size + 2)
    if (!response.isComplete) break
    const chunk = source.take(size + 2)
    if (chunk.toString('latin1', size) !== '\r\n') throw new Error('a chunk does not end with CR LF')
    if (size === 0) break
    response.chunks.push(chunk.subarray(0, size))
  }
  response.body = Buffer.concat(response.chunks)
}
