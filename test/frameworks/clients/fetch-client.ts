// Node's own fetch.

import { openAsBlob } from 'node:fs'
import type { Client, ClientAnswer, ClientRequest } from './client.ts'

const DEADLINE_MS = 30_000

export class FetchClient implements Client {
  readonly name = 'fetch'

  async send(request: ClientRequest): Promise<ClientAnswer> {
    const body = await bodyFor(request)
    const response = await fetch(request.url, {
      method: request.method,
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MS),
      headers: { ...request.headers },
      ...(body === undefined ? {} : { body, duplex: 'half' }),
    })
    const blocks: Buffer[] = []
    if (response.body !== null)
      for await (const block of response.body as AsyncIterable<Uint8Array>) blocks.push(Buffer.from(block))
    return { status: response.status, headers: [...response.headers], blocks }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Its connections end with the server that they lead to.
  }
}

async function bodyFor({
  body,
  isChunked,
  file,
}: ClientRequest): Promise<NonNullable<RequestInit['body']> | undefined> {
  if (file !== undefined) {
    const form = new FormData()
    form.set(file.field, await openAsBlob(file.path), file.name)
    return form
  }
  if (body === undefined) return undefined
  return isChunked === true ? streamOf(body) : new Uint8Array(body)
}

function streamOf(body: Buffer): ReadableStream<Uint8Array> {
  const middle = body.length >> 1
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new Uint8Array(body.subarray(0, middle)))
      controller.enqueue(new Uint8Array(body.subarray(middle)))
      controller.close()
    },
  })
}
