// Runs this program's own file again, for the supervisor's own ends.

import { type ChildProcess, spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { sep } from 'node:path'

/** First words of command lines that nobody types: no module and no file is named so. */
export const FRONT_COMMAND = 'gantry-front'
export const SETTINGS_COMMAND = 'gantry-settings'

// Behind the standard streams and the channel.
const FIRST_DESCRIPTOR = 4

/** How the command was started: what it starts itself gets the same. */
export interface Launch {
  readonly program: readonly string[]
  readonly argv: readonly string[]
  readonly directory: string
}

/** How this process was started. `argv` is what it was asked to serve, and how. */
export function ownLaunch(argv: readonly string[]): Launch {
  const realDirectory = process.cwd()
  const directory = namedDirectory(realDirectory)
  const [node = '', file = ''] = process.argv
  return { program: [node, ...process.execArgv, moved(file, realDirectory, directory)], argv, directory }
}

export interface LaunchOptions {
  /** The child finds them from 4 on. */
  readonly descriptors?: readonly number[]
  /** For Node, besides those that this process was started with. */
  readonly nodeFlags?: readonly string[]
}

/** Starts it with a channel. */
export function launch(
  { program, argv, directory }: Launch,
  command: typeof FRONT_COMMAND | typeof SETTINGS_COMMAND,
  { descriptors = [], nodeFlags = [] }: LaunchOptions = {},
): ChildProcess {
  const [path = '', ...first] = program
  return spawn(path, [...nodeFlags, ...first, command, ...argv], {
    cwd: directory,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc', ...descriptors],
  })
}

/** What a child calls the descriptor at `index` of those it was given. */
export const inheritedDescriptor = (index: number): number => FIRST_DESCRIPTOR + index

/** The working directory by the name that the shell has for it: after a link in it was changed, it names the new release. */
function namedDirectory(realDirectory: string): string {
  const name = process.env['PWD'] ?? ''
  try {
    const [named, real] = [statSync(name), statSync(realDirectory)]
    return named.ino === real.ino && named.dev === real.dev ? name : realDirectory
  } catch {
    return realDirectory
  }
}

const moved = (path: string, from: string, to: string): string =>
  path.startsWith(from + sep) ? to + path.slice(from.length) : path
