// Programs, not Python's, that some tests drive the server with. On Debian and as root they are installed.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

import { installDebianPackages } from '../bench/setup/debian-packages.ts'
import { runCommand } from '../bench/setup/run-command.ts'

export type Tool =
  | { readonly isFound: true; readonly path: string }
  | { readonly isFound: false; readonly reason: string }

const CHROMIUM_COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

export async function findCurl(): Promise<Tool> {
  return await findTool(['curl'], 'curl')
}

export async function findChromium(): Promise<Tool> {
  return await findTool(CHROMIUM_COMMANDS, 'chromium')
}

async function findTool(commands: readonly string[], debianPackage: string): Promise<Tool> {
  const present = await firstThatRuns(commands)
  if (present !== undefined) return { isFound: true, path: present }
  const problem = await installDebianPackages([debianPackage])
  const installed = problem === undefined ? await firstThatRuns(commands) : undefined
  if (installed !== undefined) return { isFound: true, path: installed }
  return { isFound: false, reason: problem ?? `${debianPackage} is installed but does not run` }
}

async function firstThatRuns(commands: readonly string[]): Promise<string | undefined> {
  for (const path of commands.flatMap(pathsOf)) if ((await runCommand([path, '--version'])).isOk) return path
  return undefined
}

function pathsOf(command: string): string[] {
  const directories = (process.env['PATH'] ?? '').split(delimiter)
  return directories.map((directory) => join(directory, command)).filter(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
