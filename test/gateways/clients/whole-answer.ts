// One request by FastCGI, SCGI or uwsgi to where a server says that it listens, and all of its answer.

import type { NetConnectOpts } from 'node:net'
import { type RelayedProtocol, type Variables, sendRequest } from './gateway-client.ts'

export interface GatewayAnswer {
  /** 0 where there was none. */
  readonly status: number
  readonly body: Buffer
  /** What came in FastCGI's stream of errors. */
  readonly errors: string
  readonly isWhole: boolean
}

/** `url` as in a banner: `fcgi://127.0.0.1:9000`, `uwsgi+unix:/run/x.sock`. */
export function answerOver(url: string, variables: Variables): Promise<GatewayAnswer> {
  const [, protocol = '', port, path = ''] = /^(\w+)(?::\/\/127\.0\.0\.1:(\d+)|\+unix:(.+))$/.exec(url) ?? []
  const address: NetConnectOpts = port === undefined ? { path } : { host: '127.0.0.1', port: Number(port) }
  return new Promise((resolve) => {
    let status = 0
    let errors = ''
    const blocks: Buffer[] = []
    sendRequest(protocol as RelayedProtocol, address, variables, {
      head: (response) => (status = response.status),
      data: (block) => blocks.push(block),
      errors: (text) => (errors += text),
      end: (isWhole) => resolve({ status, body: Buffer.concat(blocks), errors, isWhole }),
    }).endBody()
  })
}
