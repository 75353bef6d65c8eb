// The configuration of nginx, alone or in front of a server: one worker, in the foreground, writing only into its own
// directory.
import type { LaunchSetup } from './server-entry.ts'

export type NginxProtocol = 'http' | 'uwsgi' | 'scgi' | 'fastcgi'

/** How nginx passes requests on. */
export type NginxUpstream = {
  readonly protocol: NginxProtocol
  readonly socket: string
  /** It takes whole answers at once from whom it passes requests to, and hands on bodies as they come: that buffers by itself. */
  readonly isUnbuffered?: boolean
}

/** What nginx does: pass everything on, or serve a folder below /files/. */
export type NginxTask = { readonly upstream: NginxUpstream } | { readonly filesDirectory: string }

/** Those of uwsgi, SCGI and FastCGI, which have the same names in each. */
const PARAMETERS = {
  QUERY_STRING: '$query_string',
  REQUEST_METHOD: '$request_method',
  CONTENT_TYPE: '$content_type',
  CONTENT_LENGTH: '$content_length',
  REQUEST_URI: '$request_uri',
  PATH_INFO: '$document_uri',
  SERVER_PROTOCOL: '$server_protocol',
  REQUEST_SCHEME: '$scheme',
  REMOTE_ADDR: '$remote_addr',
  REMOTE_PORT: '$remote_port',
  SERVER_PORT: '$server_port',
  SERVER_NAME: '$server_name',
}

/** What HTTP has in the place of those. */
const PROXY_LINES = [
  'proxy_http_version 1.1;',
  'proxy_set_header Connection "";',
  'proxy_set_header Host $http_host;',
  'proxy_set_header X-Forwarded-Host $http_host;',
  'proxy_set_header X-Forwarded-Proto $scheme;',
  'proxy_set_header X-Forwarded-Port $server_port;',
  'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;',
  'proxy_set_header X-Forwarded-Prefix "";',
  'proxy_set_header Forwarded "";',
]

/** To the application, where the protocol can keep them. */
export const IDLE_CONNECTIONS = 32

export function nginxConfiguration(
  { port, privateDirectory, isTls = false, certificate }: LaunchSetup,
  task: NginxTask,
): string {
  return `daemon off;
worker_processes 1;
pid ${privateDirectory}/nginx.pid;
error_log ${privateDirectory}/nginx-error.log error;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {
  worker_connections 12000;
}
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_timeout 75s;
  keepalive_requests 1000000;
  client_max_body_size 0;
  client_body_temp_path ${privateDirectory}/client-body;
  proxy_temp_path ${privateDirectory}/proxy;
  fastcgi_temp_path ${privateDirectory}/fastcgi;
  scgi_temp_path ${privateDirectory}/scgi;
  uwsgi_temp_path ${privateDirectory}/uwsgi;
${'upstream' in task ? upstreamBlock(task.upstream) : ''}
  server {
    listen 127.0.0.1:${port} ${isTls ? 'ssl ' : ''}backlog=1024;
${isTls ? `    ssl_certificate ${certificate.certificateFile};\n    ssl_certificate_key ${certificate.keyFile};` : ''}
${'upstream' in task ? passLocation(task.upstream) : filesLocation(task.filesDirectory)}
  }
}
`
}

function passLocation(upstream: NginxUpstream): string {
  const { protocol } = upstream
  const isHttp = protocol === 'http'
  const lines = [
    ...(isHttp ? PROXY_LINES : parameterLines(protocol)),
    ...(upstream.isUnbuffered === true ? unbufferedLines(isHttp ? 'proxy' : protocol) : []),
    ...(protocol === 'fastcgi' ? ['fastcgi_keep_conn on;'] : []),
    isHttp ? 'proxy_pass http://application;' : `${protocol}_pass application;`,
  ]
  return `    location / {
${lines.map((line) => `      ${line}`).join('\n')}
    }`
}

/** With SCGI nginx sends the length by itself, and not the header that makes it SCGI. */
function parameterLines(protocol: NginxProtocol): string[] {
  const { CONTENT_LENGTH, ...others } = PARAMETERS
  const parameters = protocol === 'scgi' ? { ...others, SCGI: '1' } : { ...others, CONTENT_LENGTH }
  return Object.entries(parameters).map(([name, value]) => `${protocol}_param ${name} ${value};`)
}

function unbufferedLines(directives: string): string[] {
  return [`${directives}_request_buffering off;`, `${directives}_buffering off;`]
}

/** Connections are kept where the protocol can do it. */
function upstreamBlock({ protocol, socket }: NginxUpstream): string {
  const isKept = protocol === 'http' || protocol === 'fastcgi'
  return `  upstream application {
    server unix:${socket};${isKept ? `\n    keepalive ${IDLE_CONNECTIONS};` : ''}
  }`
}

function filesLocation(directory: string): string {
  return `    location /files/ {
      alias ${directory}/;
    }`
}
