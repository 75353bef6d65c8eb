// How a script is started so that its environment has every byte: Node passes on text only, encoded as UTF-8. What is none, such as a path
// of `/%e9`, travels in the arguments of a shell, which puts it into the environment and makes way for the script.

import { utf8Of } from '../../wsgi/byte-string.ts'
import type { MetaVariables } from './meta-variables.ts'

export interface StartCommand {
  readonly path: string
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

const SHELL = '/bin/sh'
// A shell cannot set a variable of another name, and would do something else instead.
const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** The command that runs `path` with `args`, and with `variables` as its whole environment. */
export function startCommand(path: string, args: readonly string[], variables: MetaVariables): StartCommand {
  const environment: Record<string, string> = {}
  const undecodable: [name: string, bytes: string][] = []
  for (const [name, bytes] of Object.entries(variables)) {
    const text = utf8Of(bytes)
    if (text !== undefined) environment[name] = text
    else if (VARIABLE_NAME.test(name)) undecodable.push([name, bytes])
  }
  if (undecodable.length === 0) return { path, args, environment }
  const text = `${undecodable.map(([name]) => setting(name)).join('\n')}\nexec "$0" "$@"`
  const values = undecodable.map(([, bytes]) => escaped(bytes))
  return { path: SHELL, args: ['-c', text, path, ...values, ...args], environment }
}

/** What is substituted for a command loses line ends behind it, so something stands there. */
const setting = (name: string): string =>
  `${name}=$(printf '%b.' "$1") && ${name}=\${${name}%.} && export ${name} && shift || exit 126`

/** As `printf %b` of POSIX reads it. */
const escaped = (bytes: string): string =>
  bytes.replace(/[^A-Za-z0-9]/g, (byte) => `\\0${byte.charCodeAt(0).toString(8).padStart(3, '0')}`)
