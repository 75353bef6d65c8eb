// Gantry behind nginx over a Unix socket, by each protocol that nginx hands requests on with.
import { join } from 'node:path'

import { findGantryVersion, gantryServing } from './gantry.ts'
import { findNginxVersion, nginxCommand } from './nginx.ts'
import { IDLE_CONNECTIONS, nginxConfiguration, type NginxProtocol } from './nginx-configuration.ts'
import type { ServerEntry } from './server-entry.ts'

type Way = {
  readonly protocol: NginxProtocol
  /** For the report. */
  readonly title: string
  /** What stands before `unix:PATH` in --bind. */
  readonly scheme: string
  readonly options: readonly string[]
}

const KEPT = `up to ${IDLE_CONNECTIONS} idle connections kept`
const SINGLE = 'a connection for each request'

const WAYS: readonly Way[] = [
  { protocol: 'http', title: `HTTP/1.1, ${KEPT}`, scheme: '', options: ['--trusted-proxies', 'unix'] },
  { protocol: 'uwsgi', title: `uwsgi protocol, ${SINGLE}`, scheme: 'uwsgi+', options: [] },
  { protocol: 'scgi', title: `SCGI, ${SINGLE}`, scheme: 'scgi+', options: [] },
  { protocol: 'fastcgi', title: `FastCGI, ${KEPT}`, scheme: 'fcgi+', options: [] },
]

export const NGINX_GANTRY: readonly ServerEntry[] = WAYS.map(nginxGantry)

function nginxGantry({ protocol, title, scheme, options }: Way): ServerEntry {
  return {
    name: `nginx-gantry-${protocol}`,
    settings: `nginx (1 worker, keep-alive, no buffering, access log off) → Unix socket, ${title} → Gantry: one front, all limits and deadlines as by default`,
    debianPackages: ['nginx'],
    isCompiledWhileRunning: true,
    findVersion: async (place) => `${await findNginxVersion()}, ${await findGantryVersion(place)}`,
    plan: (setup) => {
      const socket = join(setup.privateDirectory, 'gantry.sock')
      const upstream = { protocol, socket, isUnbuffered: true }
      return {
        files: { 'nginx.conf': nginxConfiguration(setup, { upstream }) },
        commands: [
          gantryServing(setup, ['--bind', `${scheme}unix:${socket}`, ...options]),
          nginxCommand(setup),
        ],
      }
    },
  }
}
