// Python interpreters on this machine besides the one that all tests use: the oldest and the newest that Gantry supports, and free-threaded ones.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

const OLDEST_MINOR = 8
const NAME = /^python3\.\d+t?$/
const TELLS_OF_ITSELF =
  'import sys; print(sys.version_info[1], int(not getattr(sys, "_is_gil_enabled", lambda: True)()))'

export interface FurtherPython {
  readonly path: string
  /** Of version 3. */
  readonly minor: number
  readonly isFreeThreaded: boolean
}

export function furtherPythons(): readonly FurtherPython[] {
  const usual = ask('python3')
  const isNew = ({ minor, isFreeThreaded }: FurtherPython): boolean =>
    minor >= OLDEST_MINOR && (isFreeThreaded || minor !== usual?.minor)
  const found = candidates()
    .flatMap((path) => ask(path) ?? [])
    .filter(isNew)
    .sort((one, other) => one.minor - other.minor)
  const locked = found.filter(({ isFreeThreaded }) => !isFreeThreaded)
  const free = found.filter(({ isFreeThreaded }) => isFreeThreaded)
  return [...new Set([...locked.slice(0, 1), ...locked.slice(-1), ...free.slice(-1)])]
}

function candidates(): readonly string[] {
  const inPath = (process.env['PATH'] ?? '').split(delimiter)
  const versions = join(homedir(), '.pyenv/versions')
  const ofPyenv = namesIn(versions).map((name) => join(versions, name, 'bin'))
  // A shim of pyenv is there for versions that cannot be run.
  return [...ofPyenv, ...inPath.filter((directory) => !directory.includes('/shims'))].flatMap((directory) =>
    namesIn(directory)
      .filter((name) => NAME.test(name))
      .map((name) => join(directory, name)),
  )
}

const namesIn = (directory: string): readonly string[] =>
  existsSync(directory) ? readdirSync(directory) : []

function ask(path: string): FurtherPython | undefined {
  try {
    const [minor, isFree] = execFileSync(path, ['-c', TELLS_OF_ITSELF], { encoding: 'utf8' })
      .trim()
      .split(' ')
    return { path, minor: Number(minor), isFreeThreaded: isFree === '1' }
  } catch {
    return undefined
  }
}
