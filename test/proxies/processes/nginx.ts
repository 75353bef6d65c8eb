// nginx with one worker, which writes nothing outside of its own directory.

import { existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findTool } from '../../../scripts/test-tools.ts'
import { type ProxyPlace, type ProxyProcess, startProxy } from './proxy-process.ts'

const PARAMS = '/etc/nginx'
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'scgi', 'uwsgi']

/** Starts nginx with what `configure` says within `http { }`. */
export async function startNginx(
  configure: (place: ProxyPlace) => string,
  portCount = 1,
): Promise<ProxyProcess> {
  const nginx = await pathOf('nginx')
  return await startProxy((place) => {
    linkParams(place)
    const http = `access_log off;\n${temporaryPaths(place)}\n${configure(place)}`
    return command(nginx, place, `http {\n${http}\n}`)
  }, portCount)
}

/** Starts nginx with what `configure` says within `stream { }`. */
export async function startNginxStream(configure: (place: ProxyPlace) => string): Promise<ProxyProcess> {
  const nginx = await pathOf('nginx')
  const module = await pathOf('nginx-stream')
  const load = module === nginx ? '' : `load_module ${module};\n`
  return await startProxy((place) => command(nginx, place, `stream {\n${configure(place)}\n}`, load))
}

async function pathOf(name: 'nginx' | 'nginx-stream'): Promise<string> {
  const tool = await findTool(name)
  if (!tool.isFound) throw new Error(tool.reason)
  return tool.path
}

/** What comes with nginx to be included, beside the configuration as nginx has it. */
function linkParams({ directory }: ProxyPlace): void {
  for (const name of ['uwsgi_params', 'scgi_params', 'fastcgi_params'])
    if (existsSync(join(PARAMS, name))) symlinkSync(join(PARAMS, name), join(directory, name))
}

function temporaryPaths({ directory }: ProxyPlace): string {
  return TEMPORARY.map((name) => `${name}_temp_path ${join(directory, name)};`).join('\n')
}

function command(
  nginx: string,
  { directory }: ProxyPlace,
  block: string,
  load = '',
): { argv: string[]; gracefulSignal: 'SIGQUIT' } {
  const file = join(directory, 'nginx.conf')
  // As root its worker would be somebody who may not write here.
  const user = process.getuid?.() === 0 ? 'user root;\n' : ''
  const own = `daemon off;\nworker_processes 1;\npid ${join(directory, 'nginx.pid')};\nerror_log stderr error;\n`
  writeFileSync(file, `${load}${user}${own}events { worker_connections 4096; }\n${block}\n`)
  return { argv: [nginx, '-e', 'stderr', '-p', directory, '-c', file], gracefulSignal: 'SIGQUIT' }
}
