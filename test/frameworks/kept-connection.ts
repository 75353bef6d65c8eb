// Several requests, one after the other, by a client that keeps its connection if the server lets it.

import { Agent, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'

export interface KeptRequest {
  readonly method: string
  readonly path: string
  readonly body?: string
}

export interface KeptAnswers {
  readonly statuses: readonly number[]
  /** How many connections it took. */
  readonly connections: number
}

export async function requestsOnOneConnection(
  url: string,
  requests: readonly KeptRequest[],
): Promise<KeptAnswers> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ports = new Set<number | undefined>()
  const statuses: number[] = []
  for (const { method, path, body } of requests) {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(url + path, { agent, method }, resolve).on('error', reject)
      sent.end(body)
    })
    ports.add(answer.socket.localPort)
    await buffer(answer)
    statuses.push(answer.statusCode ?? 0)
  }
  agent.destroy()
  return { statuses, connections: ports.size }
}
