// What a bug report needs of the machine and of the configuration, on one screen. Values that may be secrets are left out.

import { execFileSync } from 'node:child_process'
import { arch, release, type, version as systemVersion } from 'node:os'
import { changedOptions } from '../config/effective.ts'
import type { Settings } from '../config/resolve.ts'
import { packageFile } from '../io/package-files.ts'
import { findInterpreter } from '../workers/interpreter.ts'
import { type AllowedCpus, allowedCpus } from './cpus.ts'
import type { Configured } from './configuration.ts'
import { openFilesLimit } from './open-files.ts'
import { packageVersion } from './version.ts'

const PYTHON_DEADLINE_MS = 10_000
const PACKAGE = packageFile('')

type Row = readonly [name: string, text: string]

export function bugReport(configured: Configured): string {
  const rows: Row[] = [
    ['gantry', `${packageVersion()} (${PACKAGE})`],
    ['node', `${process.versions.node} (${process.execPath})`],
    ['python', pythonText(configured)],
    ['system', `${type()} ${release()} ${arch()} (${systemVersion()})`],
    ['cpus', cpusText(allowedCpus())],
    ['open files', String(openFilesLimit() ?? 'not known')],
    ...optionRows(configured),
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}\n`).join('')
}

const cpusText = ({ count, origin }: AllowedCpus): string => `${count} (${origin})`

function optionRows(configured: Configured): readonly Row[] {
  if (configured.kind === 'problems')
    return [['options', configured.problems.map(({ message }) => message).join('; ')]]
  if (configured.kind === 'request') return []
  const rows = changedRows(configured.settings)
  return rows.length === 0 ? [['options', 'all as by default']] : rows
}

/** The options that somebody has set, with their origins. */
export function changedRows(settings: Settings): readonly Row[] {
  return changedOptions(settings).map(({ name, texts, origin }) => [name, `${shown(texts)}  (${origin})`])
}

/** Passwords and keys are given to applications as arguments of factories, too. */
const shown = (texts: readonly string[]): string => texts.join(' ').replace(/\(.+\)/s, '(***)')

function pythonText(configured: Configured): string {
  const settings: Partial<Settings> = configured.kind === 'settings' ? configured.settings : {}
  const startDirectory = process.cwd()
  try {
    const { path, origin } = findInterpreter({
      python: settings.python,
      pythonOrigin: settings.origins?.python ?? 'default',
      chdir: settings.chdir ?? startDirectory,
      startDirectory,
      env: process.env,
    })
    const version = execFileSync(path, ['-I', '-S', '-c', VERSION], {
      encoding: 'utf8',
      timeout: PYTHON_DEADLINE_MS,
    })
    return `${version.trim()} (${path}, from ${origin})`
  } catch (error) {
    return `none that runs: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}`
  }
}

const VERSION = 'import platform; print(platform.python_version(), platform.python_implementation())'
