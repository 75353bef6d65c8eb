// nginx as the guide sets it up, telling what it forwards.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { guideBlock, replaceOnce } from '../guide.ts'
import { startNginx } from '../processes/nginx.ts'
import type { ProxyProcess } from '../processes/proxy-process.ts'
import type { ForwardedRequest } from './disagreements.ts'

const LOG = {
  id: '$connection-$connection_requests',
  client: '$remote_addr',
  method: '$request_method',
  target: '$request_uri',
  upstream: '$upstream_addr',
  status: '$upstream_status',
  answeredId: '$upstream_http_x_seen',
  connection: '$upstream_http_connection',
} as const

// A client that stops in the middle is part of many cases.
const SHORT_TIMES = 'client_header_timeout 500ms; client_body_timeout 500ms; keepalive_timeout 500ms;'
const LENIENT = 'ignore_invalid_headers off; underscores_in_headers on; merge_slashes off;'

export interface NginxVariant {
  readonly isBuffering: boolean
  /** Lets through what nginx drops by itself. */
  readonly isLenient: boolean
}

export async function startNginxChain(gantryPort: number, variant: NginxVariant): Promise<ProxyProcess> {
  return await startNginx(({ port, directory }) => {
    const format = `log_format chain escape=json '${JSON.stringify(LOG)}';`
    const log = `access_log ${join(directory, 'access.log')} chain;`
    // A request that nginx sends twice would be there twice.
    const more = `${log} ${SHORT_TIMES} ${variant.isLenient ? LENIENT : ''} proxy_next_upstream off;`
    const id = `proxy_set_header X-Proxy-Request ${LOG.id};`
    const block = guideBlock('nginx', 'nginx', { port, gantryPort })
    const buffering = `proxy_request_buffering ${variant.isBuffering ? 'on' : 'off'};`
    const server = replaceOnce(block, 'proxy_request_buffering off;', `${buffering} ${id}`)
    return `${format}\n${replaceOnce(server, 'location / {', `${more}\n    location / {`)}`
  })
}

/** What it has forwarded; to be asked when it has ended. */
export function nginxForwarded(nginx: ProxyProcess): ForwardedRequest[] {
  const lines = readFileSync(nginx.directory.join('access.log'), 'latin1').split('\n').slice(0, -1)
  return lines
    .map((line) => JSON.parse(line) as Record<keyof typeof LOG, string>)
    .filter(({ upstream }) => upstream !== '' && upstream !== '-')
    .map(({ status, ...texts }) => ({
      ...texts,
      status: /^\d+$/.test(status) ? Number(status) : undefined,
    }))
}
