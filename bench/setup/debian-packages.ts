// Installs Debian packages, as root and on Debian only; everywhere else it says what is missing.
import { runCommand } from './run-command.ts'

/** Returns why the packages cannot be had, or `undefined` when all are there. */
export async function installDebianPackages(packages: readonly string[]): Promise<string | undefined> {
  const missing: string[] = []
  for (const name of packages) if (!(await isInstalled(name))) missing.push(name)
  if (missing.length === 0) return undefined
  const wanted = `Debian packages ${missing.join(', ')}`
  if (process.getuid?.() !== 0)
    return `${wanted} are not installed (not root: apt-get install ${missing.join(' ')})`
  process.stderr.write(`installing ${wanted} …\n`)
  const { isOk, reason } = await aptInstall(missing)
  return isOk ? undefined : `${wanted} could not be installed: ${reason}`
}

async function isInstalled(name: string): Promise<boolean> {
  const { isOk, stdout } = await runCommand(['dpkg-query', '-W', '-f', '${Status}', name])
  return isOk && stdout === 'install ok installed'
}

async function aptInstall(packages: readonly string[]): ReturnType<typeof runCommand> {
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages]
  // RUNLEVEL=1: nginx's package must not start a server of its own.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  const first = await runCommand(install, env)
  if (first.isOk) return first
  await runCommand(['apt-get', 'update'], env)
  return await runCommand(install, env)
}
