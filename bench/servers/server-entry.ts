// What the harness must know of a server to install, start and describe it. One value of this type is one peer.

/** Where things are on this machine. */
export type LaunchPlace = {
  readonly repository: string
  /** Holds app.py. */
  readonly appDirectory: string
  /** The bin directory of the virtual environment with all Python servers. */
  readonly pythonBin: string
  readonly threads: number
}

export type LaunchSetup = LaunchPlace & {
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
  /**
   * The program that holds the clients' connections. Given only for servers that one event loop makes able to hold
   * 10,000 of them: the others are left out of the memory cases.
   */
  readonly frontProgram?: RegExp
}
