// Chooses the Python interpreter. A path is handed on as it was found: following the symbolic link that a virtual
// environment's python is would leave the virtual environment.
import { accessSync, constants, lstatSync, type Stats, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { GantryError } from '../errors.ts'

export type InterpreterChoice = {
  /** What --python says, if anything, and where that came from (`flag --python`). */
  readonly python: string | undefined
  readonly pythonOrigin: string
  /** The application's working directory, absolute. */
  readonly chdir: string
  /** The directory gantry was started in, absolute. */
  readonly startDirectory: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export type Interpreter = {
  readonly path: string
  /** For the banner, after "from": `PATH`, `flag --python`, `$VIRTUAL_ENV`, `.venv in /srv/shop`. */
  readonly origin: string
}

/** --python, else the active virtual environment, else one in the working directory, else python3 in PATH. */
export function findInterpreter(choice: InterpreterChoice): Interpreter {
  if (choice.python !== undefined) return namedInterpreter(choice.python, choice.pythonOrigin, choice)
  // An active environment whose python is gone is an error: some other Python would lack what was installed there.
  const active = choice.env['VIRTUAL_ENV']
  if (active)
    return pathInterpreter(join(resolve(choice.startDirectory, active), 'bin/python'), '$VIRTUAL_ENV')
  return localInterpreter(choice) ?? namedInterpreter('python3', 'PATH', choice)
}

function namedInterpreter(python: string, origin: string, choice: InterpreterChoice): Interpreter {
  if (python.includes('/')) return pathInterpreter(resolve(choice.startDirectory, python), origin)
  const directories = (choice.env['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '')
  const candidates = directories.map((directory) => join(resolve(choice.startDirectory, directory), python))
  const path = candidates.find((candidate) => obstacleTo(candidate) === undefined)
  if (path === undefined) throw new GantryError('GANTRY_PYTHON_NOT_FOUND', { origin, lookedAt: candidates })
  return Object.freeze({ path, origin })
}

function pathInterpreter(path: string, origin: string): Interpreter {
  if (!isThere(path)) throw new GantryError('GANTRY_PYTHON_NOT_FOUND', { origin, lookedAt: [path] })
  const reason = obstacleTo(path)
  if (reason !== undefined) throw new GantryError('GANTRY_PYTHON_NOT_EXECUTABLE', { path, origin, reason })
  return Object.freeze({ path, origin })
}

function localInterpreter({ chdir, startDirectory }: InterpreterChoice): Interpreter | undefined {
  for (const directory of new Set([chdir, startDirectory])) {
    for (const name of ['.venv', 'venv']) {
      const path = join(directory, name, 'bin/python')
      if (isThere(path)) return pathInterpreter(path, `${name} in ${directory}`)
    }
  }
  return undefined
}

/** The error of an interpreter that was found and cannot be started. */
export function notRun(path: string, error: Error): GantryError {
  const { code, message } = error as NodeJS.ErrnoException
  const reason = code === 'ENOENT' ? NOTHING_TO_RUN : message
  return new GantryError('GANTRY_PYTHON_NOT_RUN', { path, reason }, { cause: error })
}

// The file itself is there.
const NOTHING_TO_RUN = 'the program that its first line names is not there, or the working directory is gone'

// A link that leads nowhere is there: the environment was meant, and its Python has been removed since.
const isThere = (path: string): boolean => attempt(() => lstatSync(path)) !== undefined

/** Why the file cannot be executed, or `undefined` if it can. */
function obstacleTo(path: string): string | undefined {
  const stats = attempt(() => statSync(path))
  if (stats === undefined) return 'it is a link to a file that does not exist'
  if (stats.isDirectory()) return 'it is a directory'
  if (!stats.isFile()) return 'it is not a file'
  return isExecutable(path) ? undefined : 'it is not marked as executable'
}

function attempt(read: () => Stats): Stats | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
