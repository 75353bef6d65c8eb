// HAProxy as the guide sets it up, telling what it forwards.

import { guideBlock, replaceOnce } from '../guide.ts'
import { startHaproxy } from '../processes/haproxy.ts'
import type { ProxyProcess } from '../processes/proxy-process.ts'
import type { ForwardedRequest } from './disagreements.ts'

const MARK = 'chain '
// The logged strings are the client's: hexadecimal digits cannot be mistaken for anything else.
const LOG = [
  MARK.trim(),
  '%s',
  '%ci',
  ...['id', 'method', 'target', 'status', 'seen'].map((name) => `%[var(txn.${name}),hex]`),
].join('|')

const CAPTURE = `
    unique-id-format %cp-%rt
    http-request set-var(txn.id) unique-id
    http-request set-var(txn.method) method,concat()
    http-request set-var(txn.target) url
    http-request set-header X-Proxy-Request %[unique-id]
    http-response set-var(txn.status) status,concat()
    http-response set-var(txn.seen) res.hdr(X-Seen)
    log stdout len 65535 format raw local0
    log-format ${LOG}
`

// A client that stops in the middle is part of many cases.
const SHORT_TIMES = 'timeout http-keep-alive 500ms'

/** `isLenient`: it lets through what it refuses by itself. */
export async function startHaproxyChain(gantryPort: number, isLenient: boolean): Promise<ProxyProcess> {
  return await startHaproxy(({ port }) => {
    const block = guideBlock('HAProxy', 'haproxy', { port, gantryPort })
    const more = CAPTURE + (isLenient ? '    option accept-invalid-http-request\n' : '')
    const timed = replaceOnce(
      replaceOnce(block, 'timeout http-request 10s', `timeout http-request 500ms\n    ${SHORT_TIMES}`),
      'timeout client 60s',
      'timeout client 500ms',
    )
    return replaceOnce(timed, '    option forwardfor\n', `    option forwardfor\n${more}`)
  })
}

/** What it has forwarded; to be asked when it has ended. */
export function haproxyForwarded(haproxy: ProxyProcess): ForwardedRequest[] {
  const lines = haproxy.output.split('\n').filter((line) => line.startsWith(MARK.trim()))
  return lines
    .map((line) => line.split('|'))
    .filter(([, server]) => server !== '<NOSRV>')
    .map(([, , client = '', ...captured]) => {
      const texts = captured.map((hex) => (hex === '-' ? '' : Buffer.from(hex, 'hex').toString('latin1')))
      const [id = '', method = '', target = '', status = '', answeredId = ''] = texts
      return {
        id,
        client,
        method,
        target,
        status: status === '' ? undefined : Number(status),
        answeredId,
        // It keeps that field to itself.
        connection: undefined,
      }
    })
}
