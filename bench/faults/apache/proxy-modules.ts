// Apache's modules that hand requests on, and what connects each of them with Gantry over a Unix socket.

export interface ProxyModule {
  readonly name: string
  /** In the URL of ProxyPass. */
  readonly scheme: string
  /** What stands before `unix:PATH` in --bind. */
  readonly bindScheme: string
}

export const PROXY_MODULES: readonly ProxyModule[] = [
  { name: 'proxy_http', scheme: 'http', bindScheme: '' },
  { name: 'proxy_fcgi', scheme: 'fcgi', bindScheme: 'fcgi+' },
  { name: 'proxy_scgi', scheme: 'scgi', bindScheme: 'scgi+' },
  { name: 'proxy_uwsgi', scheme: 'uwsgi', bindScheme: 'uwsgi+' },
]

/** The address of Gantry for this module; each has a socket of its own. */
export function bindFor({ bindScheme }: ProxyModule, socket: string): string {
  return `${bindScheme}unix:${socket}`
}

/** Everything goes to Gantry, each part of an answer when it is there, as in deploy/apache. */
export function passLines({ scheme }: ProxyModule, socket: string): readonly string[] {
  return [
    `ProxyPass "/" "unix:${socket}|${scheme}://gantry/" flushpackets=on`,
    ...(scheme === 'http' ? ['ProxyPreserveHost On'] : []),
    'AllowEncodedSlashes On',
  ]
}
