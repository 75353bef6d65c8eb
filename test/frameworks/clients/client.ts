// What the framework tests ask of an HTTP client, and what they get back. No client follows redirects or keeps cookies by
// itself: what the server sent is what the test sees.

export interface ClientRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
  /** The body goes out in chunked encoding, without Content-Length. */
  readonly isChunked?: boolean
  /** A multipart form with this file, which the client makes in its own way. */
  readonly file?: FormFile
}

export interface FormFile {
  readonly field: string
  readonly name: string
  readonly path: string
}

export interface ClientAnswer {
  readonly status: number
  /** As they came, repeated fields apart. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** The body as it came in, one entry for each time something arrived. */
  readonly blocks: readonly Buffer[]
}

export interface Client extends AsyncDisposable {
  readonly name: string
  /** Rejects if the answer is incomplete. */
  send(request: ClientRequest): Promise<ClientAnswer>
}

export function headerOf(answer: ClientAnswer, name: string): string | undefined {
  return headersOf(answer, name)[0]
}

export function headersOf(answer: ClientAnswer, name: string): string[] {
  return answer.headers.filter((field) => field[0].toLowerCase() === name).map((field) => field[1])
}

export function bodyOf(answer: ClientAnswer): Buffer {
  return Buffer.concat(answer.blocks)
}

export function textOf(answer: ClientAnswer): string {
  return bodyOf(answer).toString('utf8')
}

export function jsonOf(answer: ClientAnswer): unknown {
  return JSON.parse(textOf(answer))
}
