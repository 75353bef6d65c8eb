// Programs, not Python's, that some tests drive the server with. On Debian and as root they are installed.
import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

import { installDebianPackages } from '../bench/setup/debian-packages.ts'
import { runCommand } from '../bench/setup/run-command.ts'
import { withPreparationLock } from './preparation-lock.ts'

export type Tool =
  | { readonly isFound: true; readonly path: string }
  | { readonly isFound: false; readonly reason: string }

interface ToolSpec {
  readonly debianPackage: string
  find(): Promise<string | undefined>
}

const TOOLS = {
  // Without the package that would make a service of it.
  apache: { debianPackage: 'apache2-bin', find: () => firstThatRuns(['apache2', 'httpd'], '-v') },
  // It knows no option that ends well: without one it tells its usage.
  'cgi-fcgi': { debianPackage: 'libfcgi-bin', find: () => Promise.resolve(pathsOf('cgi-fcgi')[0]) },
  chromium: {
    debianPackage: 'chromium',
    find: () => firstThatRuns(['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']),
  },
  curl: { debianPackage: 'curl', find: () => firstThatRuns(['curl']) },
  h2load: { debianPackage: 'nghttp2-client', find: () => firstThatRuns(['h2load']) },
  haproxy: { debianPackage: 'haproxy', find: () => firstThatRuns(['haproxy'], '-v') },
  nginx: { debianPackage: 'nginx', find: () => firstThatRuns(['nginx'], '-v') },
  'nginx-stream': { debianPackage: 'libnginx-mod-stream', find: findNginxStream },
  openssl: { debianPackage: 'openssl', find: () => firstThatRuns(['openssl'], 'version') },
  uwsgi: { debianPackage: 'uwsgi-core', find: () => firstThatRuns(['uwsgi-core']) },
  'php-fpm': { debianPackage: 'php-fpm', find: () => firstThatRuns(PHP_FPM, '-v') },
  // It ends with status 1 whatever it is asked for its version with.
  wrk: { debianPackage: 'wrk', find: () => Promise.resolve(pathsOf('wrk')[0]) },
} as const satisfies Record<string, ToolSpec>

// Debian names it by its version.
const PHP_FPM = ['php-fpm', 'php-fpm8.4', 'php-fpm8.3', 'php-fpm8.2', 'php-fpm8.1', 'php-fpm7.4']

export type ToolName = keyof typeof TOOLS

// Debian keeps servers where only root looks for commands.
const SYSTEM_DIRECTORIES = ['/usr/local/sbin', '/usr/sbin']

/** Installs what is not there yet and can be had, says on stderr what cannot, and returns its names. */
export async function prepareTools(names: readonly ToolName[]): Promise<ToolName[]> {
  return await withPreparationLock(async () => {
    const missing: ToolName[] = []
    for (const name of names) {
      const tool = await findTool(name)
      if (tool.isFound) continue
      process.stderr.write(`tests with ${name} are skipped: ${tool.reason}\n`)
      missing.push(name)
    }
    return missing
  })
}

/** Finds a tool, or installs it. Callers hold the preparation lock, or know that it is there. */
export async function findTool(name: ToolName): Promise<Tool> {
  const { debianPackage, find } = TOOLS[name]
  const present = await find()
  if (present !== undefined) return { isFound: true, path: present }
  const problem = await installDebianPackages([debianPackage])
  const installed = problem === undefined ? await find() : undefined
  if (installed !== undefined) return { isFound: true, path: installed }
  return { isFound: false, reason: problem ?? `${debianPackage} is installed but does not run` }
}

async function firstThatRuns(commands: readonly string[], trial = '--version'): Promise<string | undefined> {
  for (const path of commands.flatMap(pathsOf)) if ((await runCommand([path, trial])).isOk) return path
  return undefined
}

/** The module's file, or nginx itself where the module is built in. */
async function findNginxStream(): Promise<string | undefined> {
  const nginx = await firstThatRuns(['nginx'], '-v')
  if (nginx === undefined) return undefined
  // It describes itself on stderr.
  const { stdout } = await runCommand(['sh', '-c', '"$0" -V 2>&1', nginx])
  if (/--with-stream(?=\s|$)/.test(stdout)) return nginx
  const directory = /--modules-path=(\S+)/.exec(stdout)?.[1] ?? ''
  const path = join(directory, 'ngx_stream_module.so')
  return isAbsolute(path) && isAccessible(path, constants.R_OK) ? path : undefined
}

function pathsOf(command: string): string[] {
  const directories = (process.env['PATH'] ?? '').split(delimiter)
  return [...new Set([...directories, ...SYSTEM_DIRECTORIES])]
    .map((directory) => join(directory, command))
    .filter((path) => isAccessible(path, constants.X_OK))
}

function isAccessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}
