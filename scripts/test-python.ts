// The Python that the framework tests run in, made once: a virtual environment with what the examples need, under
// .cache/test-python. Where no package index answers, Debian's own packages stand in. What cannot be had is named with
// the reason, so that its tests are skipped and counted instead of failing.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { installDebianPackages } from '../bench/setup/debian-packages.ts'
import { runCommand } from '../bench/setup/run-command.ts'
import { withPreparationLock } from './preparation-lock.ts'
import { findTool } from './test-tools.ts'

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
const UNMET_REQUIREMENTS = join(REPOSITORY, 'scripts/unmet_requirements.py')
const CACHE = join(REPOSITORY, '.cache/test-python')
const DEBIAN_PYTHON = '/usr/bin/python3'

const FRAMEWORKS = ['flask', 'django', 'pyramid'] as const
type Framework = (typeof FRAMEWORKS)[number]

const DEBIAN_PACKAGES: Readonly<Record<Framework, readonly string[]>> = {
  flask: ['python3-flask'],
  django: ['python3-django', 'python3-whitenoise'],
  pyramid: ['python3-pyramid', 'python3-pyramid-jinja2'],
}

export interface TestPython {
  /** The interpreter that has the frameworks. */
  readonly python: string
  /** What its tests must do without: names of frameworks, `curl`, `chromium`. */
  readonly missing: readonly string[]
}

/** Why something is missing, by its name. */
type Reasons = ReadonlyMap<string, string>

interface Environment {
  readonly python: string
  readonly reasons: Reasons
}

/** Installs what is not there yet and can be had, and says on stderr what cannot. */
export async function prepareTestPython(): Promise<TestPython> {
  mkdirSync(CACHE, { recursive: true })
  return await withPreparationLock(async () => {
    const { python, reasons } = await findEnvironment()
    const missing = new Map(reasons)
    const tools = { curl: await findTool('curl'), chromium: await findTool('chromium') }
    for (const [name, tool] of Object.entries(tools)) if (!tool.isFound) missing.set(name, tool.reason)
    for (const [name, reason] of missing) process.stderr.write(`tests with ${name} are skipped: ${reason}\n`)
    return { python, missing: [...missing.keys()] }
  })
}

async function findEnvironment(): Promise<Environment> {
  const identity = await runCommand(['python3', '-c', 'import sys; print(sys.version, sys.base_prefix)'])
  if (!identity.isOk) return { python: 'python3', reasons: allMissing(`no python3: ${identity.reason}`) }
  const requirements = FRAMEWORKS.map((name) => readFileSync(requirementsOf(name), 'utf8'))
  const key = createHash('sha256')
    .update([identity.stdout, ...requirements].join('\0'))
    .digest('hex')
  const directory = join(CACHE, key.slice(0, 12))
  const python = join(directory, 'bin/python')
  const completeMark = join(directory, 'complete')
  if (existsSync(completeMark) && existsSync(python)) return { python, reasons: new Map() }

  const made = await makeEnvironment(directory)
  if (made.reasons.size === 0) writeFileSync(completeMark, '')
  if (made.reasons.size < FRAMEWORKS.length) return made
  const debian = await useDebianPackages()
  if (debian === undefined) return made
  const reasons = [...debian.reasons].map(
    ([name, reason]) => [name, `${made.reasons.get(name) ?? ''}; ${reason}`] as const,
  )
  return { python: debian.python, reasons: new Map(reasons) }
}

/** Without a mark of completeness the next run tries again: an index that was away may be back. */
async function makeEnvironment(directory: string): Promise<Environment> {
  const python = join(directory, 'bin/python')
  const problem = await createVirtualEnvironment(directory)
  if (problem !== undefined) return { python: 'python3', reasons: allMissing(problem) }
  process.stderr.write(`installing ${FRAMEWORKS.join(', ')} with pip …\n`)
  const whole = await pipInstall(python, FRAMEWORKS)
  if (whole === undefined) return { python, reasons: new Map() }
  // One that this Python is too old for must not take the others along.
  const reasons = new Map<string, string>()
  for (const name of FRAMEWORKS) {
    const reason = await pipInstall(python, [name])
    if (reason !== undefined) reasons.set(name, `pip: ${reason}`)
  }
  return { python, reasons }
}

async function createVirtualEnvironment(directory: string): Promise<string | undefined> {
  const create = ['python3', '-m', 'venv', '--clear', directory]
  const first = await runCommand(create)
  if (first.isOk) return undefined
  // Debian keeps ensurepip, without which there is no pip in the environment, in a package of its own.
  const problem = await installDebianPackages(['python3-venv'])
  if (problem !== undefined) return `python3 -m venv does not work, and ${problem}`
  const { isOk, reason } = await runCommand(create)
  return isOk ? undefined : `python3 -m venv: ${reason}`
}

async function pipInstall(python: string, names: readonly Framework[]): Promise<string | undefined> {
  const options = [
    '--quiet',
    '--disable-pip-version-check',
    '--no-input',
    '--retries',
    '1',
    '--timeout',
    '15',
  ]
  const files = names.flatMap((name) => ['-r', requirementsOf(name)])
  const { isOk, reason } = await runCommand([python, '-m', 'pip', 'install', ...options, ...files])
  return isOk ? undefined : reason
}

async function useDebianPackages(): Promise<Environment | undefined> {
  if (!existsSync(DEBIAN_PYTHON)) return undefined
  const problem = await installDebianPackages(FRAMEWORKS.flatMap((name) => DEBIAN_PACKAGES[name]))
  const files = FRAMEWORKS.map(requirementsOf)
  const { isOk, stdout } = await runCommand([DEBIAN_PYTHON, UNMET_REQUIREMENTS, ...files])
  if (!isOk) return undefined
  const unmet = JSON.parse(stdout) as Record<string, string>
  const reasons = new Map<string, string>()
  for (const name of FRAMEWORKS) {
    const reason = unmet[requirementsOf(name)]
    if (reason !== undefined)
      reasons.set(name, problem === undefined ? `${reason} in Debian` : `${reason}; ${problem}`)
  }
  return reasons.size < FRAMEWORKS.length ? { python: DEBIAN_PYTHON, reasons } : undefined
}

function allMissing(reason: string): Reasons {
  return new Map(FRAMEWORKS.map((name) => [name, reason]))
}

function requirementsOf(name: Framework): string {
  return join(REPOSITORY, 'examples', name, 'requirements.txt')
}
