// What the application is told of a client that comes through a proxy.

import { request as requestOverTls } from 'node:https'
import { RawConnection } from '../harness/raw-connection.ts'

/** Only Linux has all of 127.0.0.0/8 on its loopback: a client there is told from the proxy, which connects from 127.0.0.1. */
export const CLIENT_ADDRESS = '127.0.0.5'
export const canHaveClientAddress = process.platform === 'linux'
export const HOST = 'shop.example'

const TOLD = [
  'REMOTE_ADDR',
  'wsgi.url_scheme',
  'HTTP_HOST',
  'SERVER_PORT',
  'SCRIPT_NAME',
  'PATH_INFO',
] as const
export type ClientView = Readonly<Record<(typeof TOLD)[number], string>>

/** What a client sends that would like to be somebody else. */
export const SPOOFS: Readonly<Record<string, readonly string[]>> = {
  'X-Forwarded fields': [
    'X-Forwarded-For: 6.6.6.6',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: evil.test',
    'X-Forwarded-Port: 666',
    'X-Forwarded-Prefix: /evil',
  ],
  'fields in other letters, and more than once': [
    'x-forwarded-for: 6.6.6.6',
    'X-FORWARDED-FOR: 127.0.0.1',
    'x-forwarded-proto: https, https',
    'x-forwarded-host: evil.test, evil.test',
    'x-forwarded-port: 666, 666',
    'x-forwarded-prefix: /evil, /evil',
  ],
  Forwarded: ['Forwarded: for=6.6.6.6;proto=https;host=evil.test'],
  'Forwarded that is open at its end': ['Forwarded: for="6.6.6.6'],
  'X-Forwarded fields with underscores': ['X_Forwarded_For: 6.6.6.6', 'X_Forwarded_Prefix: /evil'],
  'fields that it names in Connection': [
    'X-Forwarded-For: 6.6.6.6',
    'Connection: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host, Forwarded',
  ],
}

/** Asks on a connection of its own. */
export async function viewOf(
  port: number,
  { fields = [], target = '/basket' }: { readonly fields?: readonly string[]; readonly target?: string } = {},
): Promise<ClientView> {
  using connection = await RawConnection.open({ port, host: '127.0.0.1', localAddress: CLIENT_ADDRESS })
  const head = [`GET ${target} HTTP/1.1`, `Host: ${HOST}`, ...fields].join('\r\n')
  const answer = await connection.request(`${head}\r\n\r\n`)
  if (answer.status !== 200) throw new Error(`${answer.statusLine}: ${answer.text}`)
  return viewIn(answer.text)
}

/** The same with TLS, whoever has signed the certificate. */
export function viewOverTls(port: number): Promise<ClientView> {
  const address = { port, host: '127.0.0.1', localAddress: CLIENT_ADDRESS, servername: HOST }
  const options = {
    ...address,
    path: '/basket',
    headers: { Host: HOST },
    rejectUnauthorized: false,
    agent: false,
  }
  return new Promise((resolve, reject) => {
    const request = requestOverTls(options, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (data: string) => (text += data))
      answer.on('end', () => resolve(viewIn(text)))
    })
    request.on('error', reject)
    request.end()
  })
}

/** From the answer of recording_app.py. */
function viewIn(text: string): ClientView {
  const { environ } = JSON.parse(text) as { readonly environ: Readonly<Record<string, string>> }
  const told = TOLD.map((key) => [key, environ[key] ?? '(missing)'] as const)
  return Object.fromEntries(told) as ClientView
}
