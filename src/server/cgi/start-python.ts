// A Python application under CGI: this process only finds the interpreter and makes way for it. Nothing of a pool is built.

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Settings } from '../../config/resolve.ts'
import { packageFile } from '../../io/package-files.ts'
import { findInterpreter, notRun } from '../../workers/interpreter.ts'
import { utf8Of } from '../../wsgi/byte-string.ts'
import type { EnvironmentBytes } from './environment-bytes.ts'

const RUN_CGI = packageFile('python/gantry_worker/run_cgi.py')
/** See python/gantry_worker/cgi_command.py. */
const UNDECODED = 'GANTRY_CGI_UNDECODED'
const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** A program as the system takes it: this process in its place, from Node 22.15 on. */
type Execve = (file: string, args: readonly string[], env: Readonly<Record<string, string>>) => never

/** Runs the application to its end. Resolves to the exit status; where Node can replace its process, it does not return. */
export function startPython(settings: Settings, environment: EnvironmentBytes): Promise<number> {
  const { path } = findInterpreter({ ...settings, pythonOrigin: settings.origins.python, env: process.env })
  const args = [RUN_CGI, ...flagsOf(settings)]
  const env = {
    ...decoded(environment),
    ...Object.fromEntries(settings.env.map(({ name, value }) => [name, value])),
  }
  const { execve } = process as { readonly execve?: Execve }
  execve?.(path, [path, ...args], env)
  return spawned(path, args, env)
}

function flagsOf({
  application,
  chdir,
  startDirectory,
  pythonpath,
  scriptName,
  lint,
  origins,
}: Settings): string[] {
  return [
    ...(chdir === startDirectory ? [] : [`--chdir=${chdir}`]),
    ...pythonpath.map((directory) => `--pythonpath=${directory}`),
    ...(origins.scriptName === 'default' ? [] : [`--script-name=${scriptName}`]),
    ...(lint ? ['--lint'] : []),
    application,
  ]
}

/** The variables as Node can pass them on, and with them the others, as hex digits. */
function decoded(environment: EnvironmentBytes): Record<string, string> {
  const variables: Record<string, string> = {}
  let others = ''
  for (const [name, value] of environment) {
    const [text, otherText] = [utf8Of(name), utf8Of(value)]
    if (text !== undefined && otherText !== undefined) variables[text] = otherText
    else others += `${name}=${value}\0`
  }
  if (others !== '') variables[UNDECODED] = Buffer.from(others, 'latin1').toString('hex')
  return variables
}

function spawned(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { env, stdio: 'inherit' })
    // Whoever ends this process means the application.
    for (const signal of FORWARDED) process.on(signal, () => child.kill(signal))
    child.once('error', (error) => reject(notRun(path, error)))
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
  })
}
