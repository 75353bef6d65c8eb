// The configuration of nginx, alone or in front of a server: one worker, in the foreground, writing only into its own
// directory.
import type { LaunchSetup } from './server-entry.ts'

/** How nginx passes requests on. Each protocol's parameters have the same names. */
export type NginxUpstream = { readonly protocol: 'uwsgi' | 'scgi' | 'fastcgi'; readonly socket: string }

/** What nginx does: pass everything on, or serve a folder below /files/. */
export type NginxTask = { readonly upstream: NginxUpstream } | { readonly filesDirectory: string }

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
  server {
    listen 127.0.0.1:${port} ${isTls ? 'ssl ' : ''}backlog=1024;
${isTls ? `    ssl_certificate ${certificate.certificateFile};\n    ssl_certificate_key ${certificate.keyFile};` : ''}
${'upstream' in task ? passLocation(task.upstream) : filesLocation(task.filesDirectory)}
  }
}
`
}

function passLocation({ protocol, socket }: NginxUpstream): string {
  const parameters = Object.entries(PARAMETERS).map(
    ([name, value]) => `      ${protocol}_param ${name} ${value};`,
  )
  return `    location / {
${parameters.join('\n')}
      ${protocol}_pass unix:${socket};
    }`
}

function filesLocation(directory: string): string {
  return `    location /files/ {
      alias ${directory}/;
    }`
}
