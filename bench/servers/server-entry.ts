// What the harness must know of a server to install, start and describe it. One value of this type is one peer.
import type { PythonApplication } from './application.ts'

/** Where things are on this machine. */
export type LaunchPlace = {
  readonly repository: string
  /** Holds the applications. */
  readonly appDirectory: string
  /** The bin directory of the virtual environment with all Python servers. */
  readonly pythonBin: string
  /** Holds what is served as files: 10k.bin and 10m.bin. */
  readonly filesDirectory: string
  /** Of the servers that do TLS. */
  readonly certificate: Certificate
}

export type Certificate = { readonly certificateFile: string; readonly keyFile: string }

/** What a part of a suite has its servers do, the same for all of them. */
export type Setting = {
  readonly application: PythonApplication
  readonly workers: number
  /** In each worker, where a server has threads. */
  readonly threads: number
  /** All the server's processes share one core, and the load generator has another; or all share all. */
  readonly cores: 'one' | 'all'
  readonly isTls?: boolean
  /** The application is loaded once, before the workers are forked. */
  readonly isPreloading?: boolean
}

export type LaunchSetup = LaunchPlace &
  Setting & {
    readonly port: number
    /** Of this one start: configuration files, sockets, the log. Removed afterwards. */
    readonly privateDirectory: string
  }

export type ServerCommand = {
  readonly argv: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export type LaunchPlan = {
  /** Written into the private directory first: name and content. */
  readonly files?: Readonly<Record<string, string>>
  readonly commands: readonly ServerCommand[]
}

export type ServerEntry = {
  readonly name: string
  /** For the report: what runs, with which settings and why. */
  readonly settings: string
  readonly debianPackages?: readonly string[]
  readonly pythonPackages?: readonly string[]
  /** It has a C extension to build: needs a compiler and Python's headers. */
  readonly isBuilt?: boolean
  /** The versions to name in the report; throws, with the reason, where the server cannot be run. */
  readonly findVersion: (place: LaunchPlace) => Promise<string>
  readonly plan: (setup: LaunchSetup) => LaunchPlan
  /** It is there to complete the picture, no goal is measured by it: every other round is enough. */
  readonly isSecondary?: boolean
  /** As by V8: what it does is cheap only after it has done it for a while. */
  readonly isCompiledWhileRunning?: boolean
  /** Answered with 200 as soon as it is up, where that is not the application's own path. */
  readonly readyPath?: string
  /**
   * The program that holds the clients' connections. Given only for servers that one event loop makes able to hold
   * 10,000 of them: the others are left out of the memory cases.
   */
  readonly frontProgram?: RegExp
}
