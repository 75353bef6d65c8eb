import type { PythonSummary } from './python-process.ts'

/** What a server runs and where each choice came from, for the banner. */
export interface ServerSummary {
  readonly application: string
  /** Names of what stands in front of it, the outermost first. */
  readonly middleware: readonly string[]
  readonly python?: PythonSummary
  readonly fronts: { readonly count: number; readonly origin: string }
}
