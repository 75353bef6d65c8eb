// The open-loop client is a C program: a client in Node would need more CPU time for a request than the servers under it.
// It is compiled when its source is newer than what has been compiled.
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { installDebianPackages } from './debian-packages.ts'
import { runCommand } from './run-command.ts'

const SOURCE = join(import.meta.dirname, '..', 'load', 'open-loop.c')

export const OPEN_LOOP_CLIENT = join(import.meta.dirname, '..', '..', '.cache', 'bench', 'open-loop')

/** Returns why there is none, or `undefined` when it is there. */
export async function compileOpenLoopClient(mayInstall: boolean): Promise<string | undefined> {
  if (existsSync(OPEN_LOOP_CLIENT) && statSync(OPEN_LOOP_CLIENT).mtimeMs > statSync(SOURCE).mtimeMs)
    return undefined
  const hasCompiler = (await runCommand(['cc', '--version'])).isOk
  const problem = hasCompiler || !mayInstall ? undefined : await installDebianPackages(['gcc', 'libc6-dev'])
  if (problem !== undefined) return problem
  mkdirSync(dirname(OPEN_LOOP_CLIENT), { recursive: true })
  const compile = ['cc', '-O2', '-Wall', '-Wextra', '-o', OPEN_LOOP_CLIENT, SOURCE]
  const { isOk, reason } = await runCommand(compile)
  return isOk ? undefined : `the open-loop client could not be compiled: ${reason}`
}
