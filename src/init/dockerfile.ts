// The Dockerfile that `gantry init --docker` proposes. Gantry is on no registry: the image takes the package that `npm pack` has made.

import type { Project, PythonDependencies } from './project.ts'

/** What the image is built with. */
export interface ImageFacts {
  /** Of Gantry. */
  readonly version: string
}

export const packageFile = (version: string): string => `gantry-${version}.tgz`

export function dockerfile(project: Project, { version }: ImageFacts): string {
  return project.isScript ? nodeImage(version) : pythonImage(project, version)
}

const header = (version: string): readonly string[] => [
  `# Gantry is on no registry. Make its package in a clone of it, and put it beside this file:`,
  `#   (cd path/to/gantry && npm ci && npm pack) && mv path/to/gantry/${packageFile(version)} .`,
]

function pythonImage({ dependencies }: Project, version: string): string {
  return [
    ...header(version),
    'FROM node:22-bookworm-slim AS node',
    '',
    'FROM python:3.12-slim-bookworm',
    'COPY --from=node /usr/local/bin/node /usr/local/bin/node',
    'COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm',
    `COPY ${packageFile(version)} /tmp/`,
    `RUN node /usr/local/lib/node_modules/npm/bin/npm-cli.js install --global /tmp/${packageFile(version)} \\`,
    `    && rm /tmp/${packageFile(version)}`,
    '',
    'WORKDIR /srv/app',
    ...installLines(dependencies),
    'COPY . .',
    ...lastInstallLines(dependencies),
    '',
    ...footer(),
  ].join('\n')
}

function nodeImage(version: string): string {
  return [
    ...header(version),
    'FROM node:22-bookworm-slim',
    `COPY ${packageFile(version)} /tmp/`,
    'WORKDIR /srv/app',
    'COPY package*.json ./',
    `RUN npm install --omit=dev && npm install --no-save /tmp/${packageFile(version)} && rm /tmp/${packageFile(version)}`,
    'ENV PATH=/srv/app/node_modules/.bin:$PATH',
    'COPY . .',
    '',
    ...footer(),
  ].join('\n')
}

const footer = (): readonly string[] => [
  'RUN useradd --system --uid 10001 --no-create-home app',
  'USER 10001',
  '',
  '# gantry.toml of this folder says the rest. Stopping waits for what was accepted: docker stop --time 45, longer than --shutdown-timeout.',
  'ENV GANTRY_BIND=:8000',
  'EXPOSE 8000',
  'CMD ["gantry"]',
  '',
]

/** Before the sources: dependencies change less often. */
function installLines({ tool, files }: PythonDependencies): readonly string[] {
  const copy = `COPY ${files.join(' ')} ./`
  switch (tool) {
    case 'uv':
      return [
        copy,
        'RUN pip install --no-cache-dir uv && uv sync --frozen --no-dev --no-install-project',
        'ENV VIRTUAL_ENV=/srv/app/.venv',
      ]
    case 'poetry':
      return [
        copy,
        'RUN pip install --no-cache-dir poetry && poetry config virtualenvs.create false && poetry install --only main --no-root',
      ]
    case 'pipenv':
      return [
        copy,
        `RUN pip install --no-cache-dir pipenv && pipenv install --system${files.length > 1 ? ' --deploy' : ''}`,
      ]
    case 'pip':
      // Of several files the plain one is what a server needs.
      return files[0]?.endsWith('.txt') === true
        ? [`COPY ${files[0]} ./`, `RUN pip install --no-cache-dir -r ${files[0]}`]
        : []
    case 'none':
      return []
  }
}

/** A project without a list of its own is installed as a whole. */
const lastInstallLines = ({ tool, files }: PythonDependencies): readonly string[] =>
  tool === 'pip' && files[0] === 'pyproject.toml' ? ['RUN pip install --no-cache-dir .'] : []

/** Of .dockerignore: an environment of this machine would be taken for the image's own. */
export const dockerIgnore = (): string =>
  `${['.git', '.venv', 'venv', '__pycache__', '**/__pycache__', 'node_modules', '.env', '*.sqlite3', 'deploy'].join('\n')}\n`
