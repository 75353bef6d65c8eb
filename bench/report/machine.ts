// The machine a run was made on: enough to judge the figures, nothing that names the machine or its folders.
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'

import { firstLineOf } from '../setup/run-command.ts'

export type Machine = {
  readonly cpuModel: string
  readonly cores: number
  readonly memoryBytes: number
  readonly system: string
  readonly kernel: string
  readonly node: string
  readonly python: string
  readonly wrk: string
  readonly serverCore: number
  readonly loadCore: number
}

export type MachineSetup = { readonly python: string; readonly serverCore: number; readonly loadCore: number }

export async function describeMachine({ python, serverCore, loadCore }: MachineSetup): Promise<Machine> {
  return {
    cpuModel: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: readSystemName(),
    kernel: release(),
    node: process.version,
    python: await firstLineOf([python, '--version']).catch(() => 'Python missing'),
    wrk: await firstLineOf(['dpkg-query', '-W', '-f', 'wrk ${Version}', 'wrk']).catch(() => 'wrk'),
    serverCore,
    loadCore,
  }
}

function readSystemName(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'Linux'
  } catch {
    return 'Linux'
  }
}
