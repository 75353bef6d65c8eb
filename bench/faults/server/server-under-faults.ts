// A gantry for the fault scripts: as it is built, with their application, and a spool directory that can be looked into. It ends
// with the block that it was started in, or else with this process.
import { mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'

import {
  type GantryExit,
  type GantryProcess,
  MAIN,
  runGantry,
  startGantry,
} from '../../../test/harness/gantry-process.ts'
import { isAlive } from '../../../test/harness/processes.ts'
import { TemporaryDirectory } from '../../../test/harness/temporary-directory.ts'
import {
  type ProcessMemory,
  parseKilobytes,
  readExecutable,
  readProcessMemory,
} from '../../processes/memory.ts'
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
  readonly fronts?: number
  readonly options?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** As it is named on the command line; the fault scripts' own otherwise, which is in the import path in any case. */
  readonly application?: string
  /** Where to take gantry from; empty for this one. */
  readonly checkout?: string
  /** The interpreter; empty for the one that gantry finds. */
  readonly python?: string
}

/** A command for a running server, at its end. */
export interface CommandResult extends GantryExit {
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

export class ServerUnderFaults implements AsyncDisposable {
  readonly gantry: GantryProcess
  readonly #directory: TemporaryDirectory
  readonly #env: Readonly<Record<string, string>>
  readonly #kill: () => void
  #front: number | undefined

  private constructor(gantry: GantryProcess, directory: TemporaryDirectory, env: Record<string, string>) {
    this.gantry = gantry
    this.#directory = directory
    this.#env = env
    this.#kill = () => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) gantry.child.kill(signal)
      directory[Symbol.dispose]()
    }
    process.once('exit', this.#kill)
  }

  static async start({
    workers = 2,
    threads = 4,
    fronts = 1,
    options = [],
    application = 'application:application',
    checkout = '',
    python = '',
    ...setup
  }: FaultsSetup = {}): Promise<ServerUnderFaults> {
    const directory = new TemporaryDirectory()
    mkdirSync(directory.join('spool'))
    const main = checkout === '' ? MAIN : join(checkout, 'dist', 'cli', 'main.js')
    const app = [application, '--pythonpath', APPLICATION_DIRECTORY, '--spool-dir', directory.join('spool')]
    const counts = { workers, threads, fronts }
    const processes = Object.entries(counts).flatMap(([name, count]) => [`--${name}`, String(count)])
    const interpreter = python === '' ? [] : ['--python', python]
    const env = {
      PYTHONDONTWRITEBYTECODE: '1',
      GANTRY_CONTROL_SOCKET: directory.join('control'),
      ...setup.env,
    }
    try {
      const gantry = await startGantry([...app, ...processes, ...interpreter, ...options], {
        command: [process.execPath, main],
        // Not under a terminal: its Ctrl-C must end the clients first. And a root of its own is what a process tree is read from.
        hasOwnGroup: true,
        env,
      })
      const server = new ServerUnderFaults(gantry, directory, env)
      await server.#linksAreUp(workers * (threads + CONTROL_LINKS))
      return server
    } catch (error) {
      directory[Symbol.dispose]()
      throw error
    }
  }

  /** `gantry reload`, say. */
  async command(...argv: readonly string[]): Promise<CommandResult> {
    const startMs = performance.now()
    const { stdout, stderr, exit } = await runGantry(argv, { env: this.#env, hasBind: true })
    return { ...exit, stdout, stderr, ms: performance.now() - startMs }
  }

  get port(): number {
    return this.gantry.port
  }

  get isAlive(): boolean {
    return !this.gantry.hasExited
  }

  /** The processes that take connections, in ascending order. */
  get fronts(): readonly number[] {
    const nodes = this.#processesOf((executable) => executable === 'node')
    // A checkout from before there was a supervisor is its own front.
    return nodes.length === 1 ? nodes : nodes.filter((pid) => pid !== this.gantry.pid)
  }

  /** Of the first front. */
  get memory(): ProcessMemory {
    const memory = readProcessMemory(this.#firstFront)
    if (memory === undefined) throw new Error(`gantry has no front:\n${this.logTail}`)
    return memory
  }

  /** The first front's, too, but much cheaper to read: looking often does not slow it down. */
  get rssBytes(): number {
    try {
      return parseKilobytes(readFileSync(`/proc/${this.#firstFront}/status`, 'utf8'), 'VmRSS')
    } catch {
      return Number.NaN
    }
  }

  /** What the fronts have open, such as `socket:[4711]`. */
  get descriptors(): readonly string[] {
    return this.fronts.flatMap(descriptorsOf)
  }

  /** The processes that run Python, in ascending order. */
  get pythonProcesses(): readonly number[] {
    return this.#processesOf((executable) => executable.startsWith('python'))
  }

  /** Equal before and after where no process of the server has died. */
  get processes(): string {
    return [...this.fronts, ...this.pythonProcesses].join(' ')
  }

  /** Files in the spool directory. Those without a name show as descriptors instead. */
  get spooledFiles(): number {
    const entries = readdirSync(this.#directory.join('spool'), { recursive: true, withFileTypes: true })
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
    this.#directory[Symbol.dispose]()
  }

  #processesOf(isWanted: (executable: string) => boolean): readonly number[] {
    const pids = readProcessTree([this.gantry.pid]).map(({ pid }) => pid)
    return pids.filter((pid) => isWanted(readExecutable(pid))).sort((one, other) => one - other)
  }

  /** Looked for again only when it has died. */
  get #firstFront(): number {
    if (this.#front === undefined || !isAlive(this.#front)) this.#front = this.fronts[0]
    return this.#front ?? 0
  }
}

/** What a process has open; nothing where it has ended meanwhile. */
export function descriptorsOf(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`
  try {
    return readdirSync(directory).flatMap((descriptor) => readTarget(join(directory, descriptor)))
  } catch {
    return []
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
