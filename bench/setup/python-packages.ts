// The virtual environment with all Python servers, under .cache/: made once, kept between runs.
// Delete the folder to get the current releases.
import { existsSync } from 'node:fs'
import { join } from 'node:path'

import { installDebianPackages } from './debian-packages.ts'
import { runCommand } from './run-command.ts'

const DEBIAN_PYTHON = '/usr/bin/python3'

/**
 * The interpreter to make the environment with: Debian's, which is built with profile-guided optimization. One that
 * stands before it in the PATH often is not, and would make every server with much Python look slower than it is.
 */
export function choosePython(): string {
  return existsSync(DEBIAN_PYTHON) ? DEBIAN_PYTHON : 'python3'
}

/** Returns why there is no environment, or `undefined` when it is there. */
export async function createEnvironment(pythonBin: string, python: string): Promise<string | undefined> {
  if ((await hasPip(pythonBin)) && (await isMadeWith(pythonBin, python))) return undefined
  const create = [python, '-m', 'venv', '--clear', join(pythonBin, '..')]
  if ((await runCommand(create)).isOk) return undefined
  const problem = await installDebianPackages(['python3-venv'])
  const { isOk, reason } = await runCommand(create)
  return isOk ? undefined : (problem ?? `venv: ${reason}`)
}

/** One that was moved has the files, but they name an interpreter that is gone. */
async function hasPip(pythonBin: string): Promise<boolean> {
  return (await runCommand([join(pythonBin, 'pip'), '--version'])).isOk
}

async function isMadeWith(pythonBin: string, python: string): Promise<boolean> {
  const identify = ['-c', 'import sys; print(sys.version, sys.base_prefix)']
  const made = await runCommand([join(pythonBin, 'python'), ...identify])
  const wanted = await runCommand([python, ...identify])
  return made.isOk && made.stdout === wanted.stdout
}

/** Returns why a package cannot be had, or `undefined` when all are there. */
export async function installPythonPackages(
  pythonBin: string,
  packages: readonly string[],
  isBuilt: boolean,
): Promise<string | undefined> {
  if (await areInstalled(pythonBin, packages)) return undefined
  const buildProblem = isBuilt ? await installBuildTools(pythonBin) : undefined
  if (buildProblem !== undefined) return buildProblem
  process.stderr.write(`installing ${packages.join(', ')} with pip …\n`)
  const { isOk, reason } = await runCommand([join(pythonBin, 'pip'), 'install', '--quiet', ...packages])
  return isOk ? undefined : `pip install ${packages.join(' ')}: ${reason}`
}

/** One by one: pip is content to show some of those it is asked for. */
async function areInstalled(pythonBin: string, packages: readonly string[]): Promise<boolean> {
  for (const name of packages)
    if (!(await runCommand([join(pythonBin, 'pip'), 'show', '--quiet', name])).isOk) return false
  return true
}

async function installBuildTools(pythonBin: string): Promise<string | undefined> {
  const findHeaders =
    "import sysconfig, os; print(os.path.exists(sysconfig.get_path('include') + '/Python.h'))"
  const hasHeaders = (await runCommand([join(pythonBin, 'python'), '-c', findHeaders])).stdout.startsWith(
    'True',
  )
  const hasCompiler = (await runCommand(['gcc', '--version'])).isOk
  const packages = [...(hasCompiler ? [] : ['build-essential']), ...(hasHeaders ? [] : ['python3-dev'])]
  return await installDebianPackages(packages)
}

/** As in `gunicorn 23.0.0`, from the package's own metadata. */
export async function findPythonPackageVersion(pythonBin: string, name: string): Promise<string> {
  const program = `import importlib.metadata as m; print(m.version(${JSON.stringify(name)}))`
  const { isOk, stdout } = await runCommand([join(pythonBin, 'python'), '-c', program])
  if (!isOk) throw new Error(`Python package ${name} is not installed`)
  return `${name} ${stdout.trim()}`
}
