// The ways on which a web server reaches Gantry, and the configurations of deploy/ for each: what people copy is what is tested.

import { readFileSync } from 'node:fs'
import { type GantryProcess, REPOSITORY, startGantry } from '../../harness/gantry-process.ts'
import { replaceOnce } from '../guide.ts'

export const PROTOCOLS = ['http', 'uwsgi', 'scgi', 'fcgi'] as const
export type Protocol = (typeof PROTOCOLS)[number]

export interface Gateway {
  readonly protocol: Protocol
  readonly transport: 'unix' | 'tcp'
}

/** Those on Unix sockets first. */
export const GATEWAYS: readonly Gateway[] = (['unix', 'tcp'] as const).flatMap((transport) =>
  PROTOCOLS.map((protocol) => ({ protocol, transport })),
)

export const FILES: Readonly<Record<Protocol, string>> = {
  http: 'http.conf',
  uwsgi: 'uwsgi.conf',
  scgi: 'scgi.conf',
  fcgi: 'fastcgi.conf',
}

/** Starts a Gantry that listens on every gateway; sockets are in `directory`. */
export function startBehindGateways(
  args: readonly string[],
  directory: string,
  env: Readonly<Record<string, string>> = {},
): Promise<GantryProcess> {
  const binds = GATEWAYS.flatMap((gateway) => ['--bind', bindOf(gateway, directory)])
  const access = ['--umask', '000', '--trusted-proxies', 'unix', '--trusted-proxies', '127.0.0.1']
  return startGantry([...args, ...binds, ...access], {
    hasBind: true,
    env: { PYTHONDONTWRITEBYTECODE: '1', ...env },
  })
}

/** nginx's configuration for a site. `name` is one of its own among those that one nginx has. */
export function nginxSite(gateway: Gateway, gantry: GantryProcess, port: number, name: string): string {
  const { host, path } = placeOf(gateway, gantry)
  const file = readFileSync(`${REPOSITORY}deploy/nginx/${FILES[gateway.protocol]}`, 'utf8')
  const addressed = replaceOnce(file, 'server unix:/run/gantry/shop.sock;', `server ${path ?? host};`)
  const named = replaceOnce(addressed, 'upstream gantry {', `upstream ${name} {`)
  const passed = replaceOnce(named, passOf(gateway, 'gantry'), passOf(gateway, name))
  return replaceOnce(passed, 'listen 80;', `listen 127.0.0.1:${port};`)
}

/** Apache's. */
export function apacheSite(gateway: Gateway, gantry: GantryProcess, port: number): readonly string[] {
  const { host, path } = placeOf(gateway, gantry)
  const { protocol } = gateway
  const address = path === undefined ? `${protocol}://${host}` : `${path}|${protocol}://shop`
  return [
    `Define GANTRY ${address}`,
    `<VirtualHost 127.0.0.1:${port}>`,
    `Include ${REPOSITORY}deploy/apache/${FILES[protocol]}`,
    '</VirtualHost>',
  ]
}

/** How the head of a file says that Gantry is started. */
export function commandOf(server: 'nginx' | 'apache', protocol: Protocol): string {
  const text = readFileSync(`${REPOSITORY}deploy/${server}/${FILES[protocol]}`, 'utf8')
  return /^# +gantry (.+)$/m.exec(text)?.[1] ?? ''
}

export function bindOf({ protocol, transport }: Gateway, directory: string): string {
  const scheme = protocol === 'http' ? '' : protocol
  if (transport === 'tcp') return scheme === '' ? '127.0.0.1:0' : `${scheme}://127.0.0.1:0`
  const path = `unix:${directory}/${protocol}.sock`
  return scheme === '' ? path : `${scheme}+${path}`
}

function passOf({ protocol }: Gateway, upstream: string): string {
  if (protocol === 'http') return `proxy_pass http://${upstream};`
  return `${protocol === 'fcgi' ? 'fastcgi' : protocol}_pass ${upstream};`
}

interface Place {
  readonly host?: string
  readonly path?: string
}

/** As the banner says. */
export function placeOf({ protocol, transport }: Gateway, gantry: GantryProcess): Place {
  const scheme = transport === 'unix' && protocol !== 'http' ? `${protocol}+unix:` : `${protocol}://`
  const start = transport === 'unix' && protocol === 'http' ? 'unix:' : scheme
  const address = gantry.addresses.find((each) => each.startsWith(start))
  if (address === undefined) throw new Error(`nothing of ${start} in:\n${gantry.stderr}`)
  if (transport === 'tcp') return { host: address.slice(`${protocol}://`.length) }
  return { path: address.slice(address.indexOf('unix:')) }
}
