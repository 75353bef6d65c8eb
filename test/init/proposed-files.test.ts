// What `gantry init` writes is taken by those whom it is for: nginx, systemd, Kubernetes' tools, and Gantry itself. Where one of these
// programs is missing, its test is skipped.

import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { resolve } from '../../src/config/resolve.ts'
import { readToml } from '../../src/config/toml-document.ts'
import type { Project } from '../../src/init/project.ts'
import { EXTRAS, type Extra, type Facts, proposedFiles } from '../../src/init/proposed-files.ts'
import { MAIN, REPOSITORY } from '../harness/gantry-process.ts'
import { TemporaryDirectory } from '../harness/temporary-directory.ts'

const unit = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../deploy/systemd/${name}`, import.meta.url)), 'utf8')

const FACTS: Facts = {
  version: '1.2.3',
  program: ['/usr/bin/node', '/opt/gantry/main.js'],
  service: unit('shop.service'),
  socket: unit('shop.socket'),
}

const PROJECT: Project = {
  name: 'web-site',
  directory: '/srv/web site',
  applications: [
    { application: 'site.wsgi:application', because: 'Django, by manage.py and site/wsgi.py' },
    { application: "other:create_app('x')", because: 'Flask, by the factory create_app in other.py' },
  ],
  isScript: false,
  dependencies: { tool: 'pip', files: ['requirements.txt'] },
  environment: '.venv',
  notes: [],
}

const EVERYTHING = new Set<Extra>(EXTRAS)
const has = (program: string, ...args: readonly string[]): boolean =>
  spawnSync(program, args).error === undefined

function textOf(
  path: RegExp,
  extras: ReadonlySet<Extra> = EVERYTHING,
  project: Project = PROJECT,
  facts: Facts = FACTS,
): string {
  const file = proposedFiles(project, extras, facts).find((each) => path.test(each.path))
  if (file === undefined) throw new Error(`there is no ${String(path)}`)
  return file.text
}

test('each is as it was seen to be right', async () => {
  for (const { path, text } of proposedFiles(PROJECT, EVERYTHING, FACTS))
    await expect(text).toMatchFileSnapshot(`golden/${path.replaceAll('/', '-').replace(/^\./, '')}`)
})

test('nothing is written but gantry.toml unless it is asked for', () => {
  expect(proposedFiles(PROJECT, new Set(), FACTS).map(({ path }) => path)).toEqual(['gantry.toml'])
})

test('the site is that of the guide, which is run behind nginx', () => {
  const guide = readFileSync(`${REPOSITORY}docs/guide/behind-a-proxy.md`, 'utf8')
  const [, block] = /## nginx\n\n```nginx\n([\s\S]*?)```/.exec(guide) ?? []
  const site = textOf(/nginx/, new Set(['nginx']))
  expect(site.replaceAll('web-site', 'gantry').replace('gantry.example', 'shop.example')).toBe(block)
})

test.each([PROJECT, { ...PROJECT, isScript: true, environment: undefined }])(
  'gantry.toml is taken, commented lines too',
  (project) => {
    const text = textOf(/gantry\.toml/, EVERYTHING, project)
    const uncommented = text.replace(/^# ([a-z-]+ = )/gm, '$1')
    for (const toml of [text, uncommented.replace(/^application = .*create_app.*$/m, '')]) {
      const read = readToml(toml)
      if (!read.ok) throw new Error(read.fault.reason)
      const options = read.document.value as Record<string, unknown>
      const file = { source: 'gantry.toml', options, spelling: 'data' as const }
      const resolution = resolve({ argv: [], env: {}, file })
      expect(resolution.kind === 'problems' ? resolution.problems.map(({ message }) => message) : []).toEqual(
        [],
      )
    }
  },
)

describe('programs', () => {
  let directory: TemporaryDirectory
  const put = (path: string, text: string): string => {
    const whole = directory.join(path)
    mkdirSync(dirname(whole), { recursive: true })
    writeFileSync(whole, text)
    return whole
  }
  beforeAll(() => {
    directory = new TemporaryDirectory()
    return () => directory[Symbol.dispose]()
  })

  test.skipIf(!has('nginx', '-v'))('nginx takes the site', () => {
    const site = put(
      'site.conf',
      textOf(/nginx/).replace('listen 80;', `listen unix:${directory.join('site.sock')};`),
    )
    const whole = put(
      'nginx.conf',
      `pid ${directory.join('pid')};\nerror_log stderr;\nevents {}\nhttp {\n  access_log off;\n  include ${site};\n}\n`,
    )
    const { status, stderr } = spawnSync('nginx', ['-t', '-p', directory.path, '-c', whole], {
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
  })

  test.skipIf(!has('systemd-analyze', '--version'))('systemd takes the units', () => {
    const program = [process.execPath, MAIN]
    const project = { ...PROJECT, directory: directory.path, environment: undefined }
    const [service, socket] = [/\.service$/, /\.socket$/].map((path) =>
      textOf(path, EVERYTHING, project, { ...FACTS, program }),
    )
    const paths = [put('units/web-site.service', service ?? ''), put('units/web-site.socket', socket ?? '')]
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' })
    const complaints = stderr.split('\n').filter((line) => line.includes('web-site'))
    expect(complaints).toEqual([])
  })

  test.skipIf(!has('kubectl', 'version', '--client'))("Kubernetes' tools take the manifests", () => {
    put('kubernetes/all.yaml', textOf(/kubernetes/))
    put('kubernetes/kustomization.yaml', 'resources: [all.yaml]\n')
    const built = execFileSync('kubectl', ['kustomize', directory.join('kubernetes')], { encoding: 'utf8' })
    expect(built).toMatch(/kind: Service[\s\S]*kind: Deployment|kind: Deployment[\s\S]*kind: Service/)
  })
})

test('the grace period of Kubernetes is longer than what Gantry needs', () => {
  const text = textOf(/kubernetes/)
  const seconds = (name: string): number => Number(new RegExp(`${name}\\n +value: "(\\d+)s"`).exec(text)?.[1])
  const grace = Number(/terminationGracePeriodSeconds: (\d+)/.exec(text)?.[1])
  expect(grace).toBeGreaterThanOrEqual(seconds('GANTRY_LAME_DUCK') + seconds('GANTRY_SHUTDOWN_TIMEOUT') + 5)
})

describe('the Dockerfile', () => {
  const INSTRUCTION = /^(#|$|FROM |COPY |RUN |WORKDIR |ENV |EXPOSE |USER |CMD |ENTRYPOINT | {4})/

  test.each([
    [
      { tool: 'pip', files: ['requirements.txt', 'requirements-dev.txt'] },
      'pip install --no-cache-dir -r requirements.txt',
    ],
    [{ tool: 'pip', files: ['pyproject.toml'] }, 'pip install --no-cache-dir .'],
    [{ tool: 'uv', files: ['pyproject.toml', 'uv.lock'] }, 'uv sync --frozen'],
    [{ tool: 'poetry', files: ['pyproject.toml', 'poetry.lock'] }, 'poetry install --only main'],
    [{ tool: 'pipenv', files: ['Pipfile', 'Pipfile.lock'] }, 'pipenv install --system --deploy'],
    [{ tool: 'none', files: [] }, 'gantry-1.2.3.tgz'],
  ] as const)('installs by %j', (dependencies, command) => {
    const text = textOf(/Dockerfile/, EVERYTHING, { ...PROJECT, dependencies })
    expect(text).toContain(command)
    expect(text.split('\n').filter((line) => !INSTRUCTION.test(line))).toEqual([])
  })

  test('takes Gantry from the package that npm pack makes', () => {
    const { name, version } = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8')) as Record<
      string,
      string
    >
    const text = textOf(/Dockerfile/, EVERYTHING, PROJECT, { ...FACTS, version: version ?? '' })
    expect(text).toContain(`COPY ${name ?? ''}-${version ?? ''}.tgz /tmp/`)
    expect(textOf(/dockerignore/)).not.toContain('tgz')
  })
})
