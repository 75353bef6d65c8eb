// A framework's example being served: directly, under a mount point, or behind wsgiref's validator. One process for each.

import { join } from 'node:path'
import { REPOSITORY, startGantry } from '../harness/gantry-process.ts'
import type { GantryProcess } from '../harness/gantry-process.ts'
import type { Client } from './clients/client.ts'
import type { Framework } from './framework.ts'
import { Visitor } from './visitor.ts'

/** Where the modules are that wrap an application in the validator. */
export const WRAPPERS = join(REPOSITORY, 'test/fixtures/frameworks')

export interface Mode {
  readonly name: string
  readonly mountPoint: string
  readonly isValidated: boolean
  readonly processes: readonly string[]
}

export const MODES: readonly Mode[] = [
  // Two workers: what one has signed or stored the other must know.
  { name: 'directly', mountPoint: '', isValidated: false, processes: ['--workers', '2', '--threads', '2'] },
  {
    name: 'under /app',
    mountPoint: '/app',
    isValidated: false,
    processes: ['--workers', '1', '--threads', '4'],
  },
  {
    name: 'behind the validator',
    mountPoint: '',
    isValidated: true,
    processes: ['--workers', '1', '--threads', '4'],
  },
]

export class Site implements AsyncDisposable {
  readonly framework: Framework
  readonly mode: Mode
  readonly gantry: GantryProcess
  /** What clients ask: Gantry itself, or a web server in front of it. */
  readonly origin: string

  constructor(framework: Framework, mode: Mode, gantry: GantryProcess, origin = gantry.url) {
    this.framework = framework
    this.mode = mode
    this.gantry = gantry
    this.origin = origin
  }

  /** Where the application is mounted, without a slash at the end. */
  get url(): string {
    return this.origin + this.mode.mountPoint
  }

  visitor(client: Client): Visitor {
    return new Visitor(client, this.url)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gantry[Symbol.asyncDispose]()
  }
}

export async function openSite(
  framework: Framework,
  mode: Mode,
  python: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Site> {
  const application = mode.isValidated
    ? [framework.validatedApplication, '--pythonpath', WRAPPERS]
    : [framework.application]
  const mount = mode.mountPoint === '' ? [] : ['--script-name', mode.mountPoint]
  const place = ['--chdir', `examples/${framework.name}`, '--python', python]
  const gantry = await startGantry([...application, ...place, ...mount, ...mode.processes], {
    env: { PYTHONDONTWRITEBYTECODE: '1', ...env },
  })
  return new Site(framework, mode, gantry)
}
