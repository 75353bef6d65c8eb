// Installs and makes what every run needs: wrk, the open-loop client, a Python environment, files and a certificate.
import { dirname } from 'node:path'
import { mkdirSync } from 'node:fs'

import type { LaunchPlace } from '../servers/server-entry.ts'
import { installDebianPackages } from './debian-packages.ts'
import { compileOpenLoopClient } from './open-loop-client.ts'
import { createEnvironment } from './python-packages.ts'
import { runCommand } from './run-command.ts'
import { makeCertificate, makeServedFiles } from './test-files.ts'

export type RunNeeds = { readonly place: LaunchPlace; readonly python: string; readonly mayInstall: boolean }

/** Throws where nothing can be measured at all; what only some cases need is returned as a list of problems. */
export async function prepareRun({ place, python, mayInstall }: RunNeeds): Promise<string[]> {
  if (process.platform !== 'linux')
    throw new Error('CPU time and memory are read from /proc: this needs Linux')
  const loadProblem = mayInstall ? await installDebianPackages(['wrk']) : undefined
  if (loadProblem !== undefined) throw new Error(`there is no load generator: ${loadProblem}`)
  const pythonProblem = mayInstall ? await createEnvironment(place.pythonBin, python) : undefined
  if (pythonProblem !== undefined) throw new Error(`there is no Python environment: ${pythonProblem}`)
  mkdirSync(dirname(place.certificate.keyFile), { recursive: true })
  makeServedFiles(place.filesDirectory)
  const problems = [await compileOpenLoopClient(mayInstall), await makeCertificate(place.certificate)]
  return problems.flatMap((problem) => problem ?? [])
}

/** The harness itself must not take time from the servers. */
export async function pinThisProcess(core: number): Promise<void> {
  await runCommand(['taskset', '-acp', String(core), String(process.pid)])
}
