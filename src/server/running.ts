import type { PythonSummary } from './python-process.ts'

/** What a server runs and where each choice came from, for the banner. */
export interface ServerSummary {
  readonly application: string
  /** Names of what stands in front of it, the outermost first. */
  readonly middleware: readonly string[]
  readonly python?: PythonSummary
  readonly fronts: { readonly count: number; readonly origin: string }
}

/** A server that the command has started. */
export interface Running {
  /** The URLs that it listens at. */
  readonly addresses: readonly string[]
  readonly summary: ServerSummary
  /** Finishes what was accepted, up to the shutdown timeout, and ends. */
  close(): Promise<void>
  /** Opens log files anew, after they were moved away. */
  reopenLogs(): void
  /** Ends at once. */
  kill(): void
}
