// The configuration of nginx in front of uWSGI: one worker, in the foreground, writing only into its own directory.

export type NginxPlace = { readonly port: number; readonly privateDirectory: string; readonly socket: string }

const UWSGI_PARAMETERS = {
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

export function nginxConfiguration({ port, privateDirectory, socket }: NginxPlace): string {
  const parameters = Object.entries(UWSGI_PARAMETERS).map(
    ([name, value]) => `      uwsgi_param ${name} ${value};`,
  )
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
  keepalive_timeout 75s;
  keepalive_requests 1000000;
  client_max_body_size 0;
  client_body_temp_path ${privateDirectory}/client-body;
  proxy_temp_path ${privateDirectory}/proxy;
  fastcgi_temp_path ${privateDirectory}/fastcgi;
  scgi_temp_path ${privateDirectory}/scgi;
  uwsgi_temp_path ${privateDirectory}/uwsgi;
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / {
${parameters.join('\n')}
      uwsgi_pass unix:${socket};
    }
  }
}
`
}
