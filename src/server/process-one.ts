// What a container starts is process 1: the kernel gives it every orphan, to wait for when it has ended. Node waits only for what it has
// started itself, so that zombies would pile up. Then a small init in Python (python/gantry_worker/init.py) takes that place, and runs gantry.

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { type Resolution, resolve } from '../config/resolve.ts'
import { packageFile } from '../io/package-files.ts'
import { findInterpreter } from '../workers/interpreter.ts'
import type { Launch } from './supervisor/launch.ts'

const INIT = packageFile('python/gantry_worker/init.py')

// The rest are about this process itself, or cannot be heard.
const HANDED_ON = [
  'SIGTERM',
  'SIGINT',
  'SIGHUP',
  'SIGQUIT',
  'SIGUSR1',
  'SIGUSR2',
  'SIGTTIN',
  'SIGTTOU',
  'SIGCONT',
  'SIGWINCH',
] as const

/**
 * As process 1: runs this program again, under the init, and resolves with the exit status. Where Node can (22.15), this process becomes the
 * init, and nothing resolves any more. Resolves with undefined where there is no need for it, or no Python, which is told.
 */
export async function runUnderInit(
  { program, argv }: Pick<Launch, 'program' | 'argv'>,
  withoutPython: () => void,
): Promise<number | undefined> {
  if (process.pid !== 1) return undefined
  const resolution = resolve({ argv, env: process.env })
  // Somebody wants to read something, and not to serve.
  if (resolution.kind === 'request') return undefined
  const python = pythonFor(resolution)
  if (python === undefined) {
    withoutPython()
    return undefined
  }
  return await become(python, ['-I', '-S', INIT, ...program, 'serve', ...argv])
}

async function become(program: string, args: readonly string[]): Promise<number> {
  const { execve } = process as { readonly execve?: (path: string, args: readonly string[]) => never }
  execve?.(program, [program, ...args])
  // Below process 1, which this one stays, the init asks for the orphans itself.
  const child = spawn(program, args, { stdio: 'inherit' })
  for (const signal of HANDED_ON) process.on(signal, () => child.kill(signal))
  return await new Promise((end, fail) => {
    child.once('error', fail)
    child.once('exit', (code, signal) => end(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}

/** The interpreter of the application; of one that is not known yet, the first that there is. */
function pythonFor(resolution: Resolution): string | undefined {
  const startDirectory = process.cwd()
  const choice =
    resolution.kind === 'settings'
      ? { ...resolution.settings, pythonOrigin: resolution.settings.origins.python }
      : { python: undefined, pythonOrigin: 'default', chdir: startDirectory, startDirectory }
  try {
    return findInterpreter({ ...choice, env: process.env }).path
  } catch {
    return undefined
  }
}
