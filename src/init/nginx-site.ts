// The nginx site that `gantry init --nginx` proposes: that of docs/guide/behind-a-proxy.md, which the tests run.

import type { Project } from './project.ts'

export interface SiteFacts {
  /** `127.0.0.1:8000`, or `unix:/run/shop.sock`. */
  readonly server: string
}

export const nginxSite = ({ name }: Project, { server }: SiteFacts): string => `upstream ${name} {
    server ${server};
    keepalive 32;
}

server {
    listen 80;
    server_name ${name}.example;

    location / {
        proxy_pass http://${name};

        # Without these two nginx opens a connection for every request.
        proxy_http_version 1.1;
        proxy_set_header Connection "";

        # What the client asked for, and who it is.
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-Host $host;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-Port $server_port;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;

        # nginx passes on what it does not set. These two must not come from the client.
        proxy_set_header X-Forwarded-Prefix "";
        proxy_set_header Forwarded "";

        # Gantry collects bodies itself, and has a limit of its own.
        proxy_request_buffering off;
        client_max_body_size 0;
    }
}
`
