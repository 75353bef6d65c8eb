// Looks at a folder: which application it has, how its dependencies are installed, and what else there is to know. Nothing is run.

import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { FoundApplication, Project, PythonDependencies } from './project.ts'
import {
  applicationIn,
  asgiFrameworkIn,
  moduleOf,
  settingsModuleIn,
  wsgiApplicationIn,
} from './python-application.ts'

/** Names that applications go by, the most likely first; others are looked at after these. */
const LIKELY = ['wsgi.py', 'app.py', 'application.py', 'main.py', 'server.py', 'run.py', '__init__.py']
const IGNORED =
  /^(\.|node_modules$|__pycache__$|site-packages$|venv$|env$|tests?$|docs$|migrations$|build$|dist$)/
/** Deeper down stands what the application consists of. */
const DEPTH = 2
const MOST_SOURCES = 500
const NODE_FRAMEWORKS = ['express', 'fastify', 'hono', 'koa']

export function findProject(directory: string): Project {
  const sources = pythonSources(directory)
  const texts = sources.map((path) => ({ path, text: textOf(directory, path) ?? '' }))
  const found = [
    ...django(directory),
    ...texts.flatMap(({ path, text }) => applicationIn(text, moduleOf(path), path) ?? []),
  ]
  const applications = found.filter(
    ({ application }, index) => found.findIndex((other) => other.application === application) === index,
  )
  const scripts = applications.length === 0 ? scriptApplications(directory) : []
  return {
    name: projectName(directory),
    directory,
    applications: [...applications, ...scripts],
    isScript: scripts.length > 0,
    dependencies: pythonDependencies(directory),
    environment: ['.venv', 'venv'].find((name) => existsSync(join(directory, name, 'bin/python'))),
    notes: [...asgiNotes(texts, applications), ...nodeNotes(directory), ...serverNotes(directory)],
  }
}

/** What Django itself would serve: manage.py names the settings, and these the application. */
function django(directory: string): readonly FoundApplication[] {
  const settings = settingsModuleIn(textOf(directory, 'manage.py') ?? '')
  if (settings === undefined) return []
  const path = settings.replaceAll('.', '/')
  // Settings in several files have it in one that the others import.
  const files = [`${path}.py`, `${path}/__init__.py`, `${path}/base.py`, join(dirname(path), 'base.py')]
  const named = files.flatMap((file) => {
    const application = wsgiApplicationIn(textOf(directory, file) ?? '')
    return application === undefined
      ? []
      : [{ application, because: `Django, by WSGI_APPLICATION in ${file}` }]
  })
  if (named.length > 0) return named.slice(0, 1)
  const beside = settings.split('.')[0] ?? ''
  if (!existsSync(join(directory, beside, 'wsgi.py'))) return []
  return [
    { application: `${beside}.wsgi:application`, because: `Django, by manage.py and ${beside}/wsgi.py` },
  ]
}

/** Relative paths, the most likely first. */
function pythonSources(directory: string): readonly string[] {
  const paths = [...walk(directory, '', DEPTH)].slice(0, MOST_SOURCES)
  return paths.sort((a, b) => rankOf(a) - rankOf(b))
}

function rankOf(path: string): number {
  const index = LIKELY.indexOf(basename(path))
  return (index === -1 ? LIKELY.length : index) + path.split('/').length * LIKELY.length
}

function* walk(directory: string, prefix: string, depth: number): Generator<string> {
  const entries = readdirSync(join(directory, prefix), { withFileTypes: true })
  for (const { name } of entries.filter((entry) => entry.isFile() && entry.name.endsWith('.py')))
    yield prefix + name
  const folders = entries.filter((entry) => entry.isDirectory() && !IGNORED.test(entry.name))
  for (const { name } of folders) if (depth > 0) yield* walk(directory, `${prefix}${name}/`, depth - 1)
}

/** A file that exports an application as the command finds it. */
function scriptApplications(directory: string): readonly FoundApplication[] {
  const names = ['app', 'application', 'main', 'server', 'index'].flatMap((name) => [
    `${name}.ts`,
    `${name}.mjs`,
    `${name}.js`,
    `src/${name}.ts`,
  ])
  return names.flatMap((name) => {
    const text = textOf(directory, name) ?? ''
    const exported = /^export (?:const|function|async function) (application|app)\b/m.exec(text)?.[1]
    if (exported === undefined || !text.includes('gantry/wsgi')) return []
    return [
      { application: `./${name}:${exported}`, because: `WSGI in TypeScript, by ${exported} in ${name}` },
    ]
  })
}

function pythonDependencies(directory: string): PythonDependencies {
  const has = (name: string): boolean => existsSync(join(directory, name))
  const requirements = readdirSync(directory).filter((name) => /^requirements.*\.txt$/.test(name))
  const pyproject = textOf(directory, 'pyproject.toml')
  if (has('uv.lock')) return { tool: 'uv', files: ['pyproject.toml', 'uv.lock'] }
  if (has('poetry.lock') || pyproject?.includes('[tool.poetry]') === true)
    return { tool: 'poetry', files: ['pyproject.toml', ...(has('poetry.lock') ? ['poetry.lock'] : [])] }
  if (has('Pipfile'))
    return { tool: 'pipenv', files: ['Pipfile', ...(has('Pipfile.lock') ? ['Pipfile.lock'] : [])] }
  // `requirements.txt` before `requirements-dev.txt`.
  if (requirements.length > 0) return { tool: 'pip', files: requirements.sort((a, b) => a.length - b.length) }
  return pyproject === undefined ? { tool: 'none', files: [] } : { tool: 'pip', files: ['pyproject.toml'] }
}

function asgiNotes(
  texts: readonly { readonly path: string; readonly text: string }[],
  applications: readonly FoundApplication[],
): readonly string[] {
  const found = texts
    .map(({ path, text }) => ({ path, framework: asgiFrameworkIn(text) }))
    .find(({ framework }) => framework !== undefined)
  if (found === undefined) return []
  const besides =
    applications.length > 0 ? '' : ' It needs an adapter such as a2wsgi here, or an ASGI server.'
  return [
    `${found.path} has an application of ${found.framework ?? ''}, which speaks ASGI; Gantry serves WSGI.${besides}`,
  ]
}

function nodeNotes(directory: string): readonly string[] {
  const text = textOf(directory, 'package.json')
  if (text === undefined) return []
  const framework = NODE_FRAMEWORKS.find((name) => new RegExp(`"${name}"\\s*:`).test(text))
  if (framework === undefined) return []
  return [
    `package.json has ${framework}: a Python application can be put inside that server, with pythonApplication() of Gantry (docs/guide/python-inside-node.md).`,
  ]
}

function serverNotes(directory: string): readonly string[] {
  const files = readdirSync(directory)
  return [
    ...(files.includes('gunicorn.conf.py')
      ? ['gunicorn.conf.py is here: gantry migrate gunicorn says what it is for Gantry.']
      : []),
    ...files
      .filter((name) => /uwsgi.*\.ini$/.test(name))
      .map((name) => `${name} is here: gantry migrate uwsgi ${name} says what it is for Gantry.`),
  ]
}

/** A name that systemd, Docker and Kubernetes all take. */
function projectName(directory: string): string {
  const name = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '')
  return name.slice(0, 30).replace(/-$/, '') || 'app'
}

function textOf(directory: string, name: string): string | undefined {
  try {
    return readFileSync(join(directory, name), 'utf8')
  } catch {
    return undefined
  }
}
