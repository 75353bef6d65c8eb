// A control group whose processes may have so much memory together, where one can be made: as root on Linux, mostly.

import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { controlGroups, readText } from '../../src/processes/control-groups.ts'

const LIMITS = { 1: 'memory.limit_in_bytes', 2: 'memory.max' } as const
const COUNTS = { 1: 'memory.oom_control', 2: 'memory.events' } as const

export class MemoryGroup {
  readonly #directory: string

  private constructor(directory: string) {
    this.#directory = directory
  }

  /** Undefined where none can be made. */
  static make(bytes: number): MemoryGroup | undefined {
    for (const { version, directory } of controlGroups('memory', readText)) {
      const made = `${directory}/gantry-test-${process.pid}`
      try {
        mkdirSync(made)
        writeFileSync(`${made}/${LIMITS[version]}`, String(bytes))
        if (readFileSync(`${made}/${COUNTS[version]}`, 'utf8').includes('oom_kill '))
          return new MemoryGroup(made)
      } catch {
        // Not this one.
      }
      if (existsSync(made)) rmdirSync(made)
    }
    return undefined
  }

  /** What stands before a command that is to run in it. */
  get command(): readonly string[] {
    return ['/bin/sh', '-c', `echo $$ > ${this.#directory}/cgroup.procs && exec "$@"`, 'sh']
  }

  /** When its processes have ended. */
  remove(): void {
    rmdirSync(this.#directory)
  }
}
