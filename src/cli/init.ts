// The command `gantry init`: looks at a folder, says what it has found, and writes the files that serve it. It never overwrites.

import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { GantryError, exitStatusOf, renderError } from '../errors.ts'
import { findProject } from '../init/find-project.ts'
import type { Project } from '../init/project.ts'
import { EXTRAS, type Extra, type Facts, type ProposedFile, proposedFiles } from '../init/proposed-files.ts'
import { packageFile } from '../io/package-files.ts'
import { packageVersion } from '../server/version.ts'
import { readWords } from './command-words.ts'

const USAGE = `Usage: gantry init [DIR] [--docker] [--systemd] [--nginx] [--kubernetes] [--print] [--force]

Looks at a folder, the working directory where none is named, and says what it has found: the
application, without running any of it, and how its dependencies are installed. Writes a gantry.toml
with comments, and what else is asked for:

  --docker       a Dockerfile
  --systemd      a service and its socket, in deploy/
  --nginx        a site for nginx in front, in deploy/
  --kubernetes   a Deployment and a Service, in deploy/
  --print        nothing is written, all of it printed
  --force        files that are there are written anew

On a terminal, without any of these, it asks.
`

/** What it takes. */
export const INIT_FORM = {
  name: 'init',
  switches: [...EXTRAS.map((name) => `--${name}`), '--print', '--force'],
  values: [],
  words: 1,
}

const QUESTIONS: Readonly<Record<Extra, string>> = {
  docker: 'a Dockerfile',
  systemd: 'a service of systemd with its socket',
  nginx: 'a site for nginx in front',
  kubernetes: 'manifests for Kubernetes',
}

/** Resolves to the exit status: 0 when files were written or printed, 1 when no application was found, 2 when files are there already. */
export async function initCommand(argv: readonly string[]): Promise<number> {
  try {
    const { switches, words } = readWords(argv, INIT_FORM)
    if (switches.has('--help')) {
      process.stdout.write(USAGE)
      return 0
    }
    const directory = resolve(words[0] ?? '.')
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true)
      throw bad(`there is no directory ${directory}`)
    const project = findProject(directory)
    process.stderr.write(foundText(project))
    if (project.applications.length === 0) throw new GantryError('GANTRY_INIT_NOTHING_FOUND', { directory })
    const files = proposedFiles(project, await wanted(switches), facts(directory))
    if (switches.has('--print')) process.stdout.write(files.map(printed).join('\n'))
    else write(files, directory, switches.has('--force'))
    return 0
  } catch (error) {
    process.stderr.write(`${renderError(error)}\n`)
    return exitStatusOf(error)
  }
}

function foundText({ directory, applications, dependencies, environment, notes }: Project): string {
  const [first, ...others] = applications
  const installed = [
    environment === undefined ? [] : `environment ${environment}`,
    dependencies.tool === 'none' ? [] : `${dependencies.tool}: ${dependencies.files.join(', ')}`,
  ].flat()
  const found = [
    ...(first === undefined ? [] : [`  application   ${first.application} (${first.because})`]),
    ...others.map((each) => `  or            ${each.application} (${each.because})`),
    ...(installed.length === 0 ? [] : [`  dependencies  ${installed.join('; ')}`]),
    ...notes.map((note) => `  ${note}`),
  ]
  return found.length === 0 ? '' : [`in ${directory}:`, ...found, ''].join('\n')
}

async function wanted(switches: ReadonlySet<string>): Promise<ReadonlySet<Extra>> {
  const given = EXTRAS.filter((name) => switches.has(`--${name}`))
  const isAsked = switches.size === 0 && process.stdin.isTTY && process.stderr.isTTY
  return new Set(isAsked ? await askedExtras() : given)
}

async function askedExtras(): Promise<readonly Extra[]> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  // Lines that are typed ahead are answers, too.
  const lines: AsyncIterator<string, undefined> = terminal[Symbol.asyncIterator]()
  const extras: Extra[] = []
  try {
    for (const name of EXTRAS) {
      terminal.setPrompt(`Beside gantry.toml, ${QUESTIONS[name]}? [y/N] `)
      terminal.prompt()
      const { value, done } = await lines.next()
      // Ctrl-C and Ctrl-D: whoever leaves wants nothing written.
      if (done === true) throw bad('it was ended before all was answered; nothing was written')
      if (/^y(es)?$/i.test(value.trim())) extras.push(name)
    }
  } finally {
    terminal.close()
  }
  return extras
}

function facts(directory: string): Facts {
  const unit = (name: string): string => readFileSync(packageFile(`deploy/systemd/${name}`), 'utf8')
  return {
    version: packageVersion(),
    program: programFor(directory),
    service: unit('shop.service'),
    socket: unit('shop.socket'),
  }
}

/** The project's own Gantry where it has one, else this one: with the Node that runs it, as systemd knows few places to look. */
function programFor(directory: string): readonly string[] {
  const own = join(directory, 'node_modules/gantry/dist/cli/main.js')
  return [process.execPath, existsSync(own) ? own : packageFile('dist/cli/main.js')]
}

const printed = ({ path, text }: ProposedFile): string => `# ${path}\n${text}`

function write(files: readonly ProposedFile[], directory: string, isForced: boolean): void {
  const isThere = ({ path }: ProposedFile): boolean => existsSync(join(directory, path))
  const obstacles = files.filter((file) => file.isOptional !== true && isThere(file))
  if (obstacles.length > 0 && !isForced)
    throw new GantryError('GANTRY_INIT_FILES_THERE', { paths: obstacles.map(({ path }) => path), directory })
  for (const file of files.filter((each) => each.isOptional !== true || !isThere(each))) {
    const path = join(directory, file.path)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, file.text)
    process.stderr.write(`wrote ${file.path}\n`)
  }
  process.stderr.write(`now, in ${directory}: gantry, or gantry dev while you develop\n`)
}

const bad = (problem: string): GantryError =>
  new GantryError('GANTRY_COMMAND_BAD', { command: 'init', problem })
