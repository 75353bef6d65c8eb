// One request on a connection of its own, to see that a server answers and with how much. A certificate that nobody has
// signed is good enough.
import { request as requestPlain } from 'node:http'
import { request as requestTls } from 'node:https'

const WITHIN_MS = 10_000

export type Answer = { readonly status: number; readonly bytes: number }

/** Rejects when there is no answer. */
export async function ask(url: string, { postBytes }: { postBytes?: number } = {}): Promise<Answer> {
  const send = url.startsWith('https:') ? requestTls : requestPlain
  const options = {
    agent: false,
    method: postBytes === undefined ? 'GET' : 'POST',
    headers: postBytes === undefined ? {} : { 'content-length': postBytes },
    rejectUnauthorized: false,
    signal: AbortSignal.timeout(WITHIN_MS),
  } as const
  return await new Promise((resolve, reject) => {
    const request = send(url, options, (response) => {
      let bytes = 0
      response.on('data', (piece: Buffer) => (bytes += piece.length))
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes }))
    })
    request.on('error', reject)
    request.end(postBytes === undefined ? undefined : Buffer.alloc(postBytes, 'x'))
  })
}
