// A gantry for the fault scripts: as it is built, with their application, and a spool directory that can be looked into. It ends
// with the block that it was started in, or else with this process.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

import { type GantryProcess, MAIN, startGantry } from '../../../test/harness/gantry-process.ts'
import { TemporaryDirectory } from '../../../test/harness/temporary-directory.ts'
import { type ProcessMemory, parseKilobytes, readProcessMemory } from '../../processes/memory.ts'
import { readProcessTree } from '../../processes/process-tree.ts'
import { countLinks } from './count-links.ts'
import { settles } from './settles.ts'

const CONTROL_LINKS = 1
const LINKS_DEADLINE_MS = 10_000
const APPLICATION_DIRECTORY = join(import.meta.dirname, '..')
// How the log begins the report of a defect of the server's own, and what Node says as it dies of one.
const DEFECTS = /unexpected failure|Unhandled|Uncaught|^ {4}at |heap out of memory|Warning: Possible/gm

export interface FaultsSetup {
  readonly workers?: number
  readonly threads?: number
  readonly options?: readonly string[]
  /** Where to take gantry from; empty for this one. */
  readonly checkout?: string
}

export class ServerUnderFaults implements AsyncDisposable {
  readonly gantry: GantryProcess
  readonly #spool: TemporaryDirectory
  readonly #kill: () => void

  private constructor(gantry: GantryProcess, spool: TemporaryDirectory) {
    this.gantry = gantry
    this.#spool = spool
    this.#kill = () => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) gantry.child.kill(signal)
      spool[Symbol.dispose]()
    }
    process.once('exit', this.#kill)
  }

  static async start({
    workers = 2,
    threads = 4,
    options = [],
    checkout = '',
  }: FaultsSetup = {}): Promise<ServerUnderFaults> {
    const spool = new TemporaryDirectory()
    const main = checkout === '' ? MAIN : join(checkout, 'dist', 'cli', 'main.js')
    const app = ['application:application', '--chdir', APPLICATION_DIRECTORY, '--spool-dir', spool.path]
    const processes = ['--workers', String(workers), '--threads', String(threads)]
    try {
      const gantry = await startGantry([...app, ...processes, ...options], {
        command: [process.execPath, main],
        // Not under a terminal: its Ctrl-C must end the clients first. And a root of its own is what a process tree is read from.
        hasOwnGroup: true,
        env: { PYTHONDONTWRITEBYTECODE: '1' },
      })
      const server = new ServerUnderFaults(gantry, spool)
      await server.#linksAreUp(workers * (threads + CONTROL_LINKS))
      return server
    } catch (error) {
      spool[Symbol.dispose]()
      throw error
    }
  }

  get port(): number {
    return this.gantry.port
  }

  get isAlive(): boolean {
    return !this.gantry.hasExited
  }

  /** Of the front, which is the process that was started. */
  get memory(): ProcessMemory {
    const memory = readProcessMemory(this.gantry.pid)
    if (memory === undefined) throw new Error(`gantry has ended:\n${this.logTail}`)
    return memory
  }

  /** The front's, too, but much cheaper to read: looking often does not slow it down. */
  get rssBytes(): number {
    return this.isAlive
      ? parseKilobytes(readFileSync(`/proc/${this.gantry.pid}/status`, 'utf8'), 'VmRSS')
      : Number.NaN
  }

  /** What the front has open, such as `socket:[4711]`. */
  get descriptors(): readonly string[] {
    if (!this.isAlive) return []
    const directory = `/proc/${this.gantry.pid}/fd`
    return readdirSync(directory).flatMap((descriptor) => readTarget(join(directory, descriptor)))
  }

  /** In ascending order: equal before and after where no worker has died. */
  get workers(): string {
    const pids = readProcessTree([this.gantry.pid]).map(({ pid }) => pid)
    return pids
      .filter((pid) => pid !== this.gantry.pid)
      .sort((one, other) => one - other)
      .join(' ')
  }

  /** Files in the spool directory. Those without a name show as descriptors instead. */
  get spooledFiles(): number {
    const entries = readdirSync(this.#spool.path, { recursive: true, withFileTypes: true })
    return entries.filter((entry) => !entry.isDirectory()).length
  }

  /** What the log tells of the server's own defects. */
  get defects(): readonly string[] {
    return this.gantry.stderr.match(DEFECTS) ?? []
  }

  get logTail(): string {
    return this.gantry.stderr.slice(-2_000)
  }

  /** A worker is ready before all of its threads have connected, and what is open then would be compared with what is later. */
  async #linksAreUp(count: number): Promise<void> {
    const isUp = (): boolean => countLinks(this.descriptors) >= count
    if (await settles(isUp, LINKS_DEADLINE_MS)) return
    await this[Symbol.asyncDispose]()
    throw new Error(`fewer than ${count} links of workers are connected:\n${this.logTail}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    process.off('exit', this.#kill)
    await this.gantry[Symbol.asyncDispose]()
    this.#spool[Symbol.dispose]()
  }
}

/** Nothing where the descriptor has been closed meanwhile. */
function readTarget(link: string): readonly string[] {
  try {
    return [readlinkSync(link)]
  } catch {
    return []
  }
}
