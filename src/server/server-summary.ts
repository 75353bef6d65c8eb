import type { PythonSummary } from './python-process.ts'

/** An application, and what runs it where that is Python. */
export interface ApplicationSummary {
  readonly application: string
  readonly python?: PythonSummary
}

/** What a server runs and where each choice came from, for the banner. */
export interface ServerSummary extends ApplicationSummary {
  /** Where several applications are mounted, each of them; `application` then names all. */
  readonly mounts?: readonly (ApplicationSummary & { readonly at: string })[]
  /** Names of what stands in front of it, the outermost first. */
  readonly middleware: readonly string[]
  readonly fronts: { readonly count: number; readonly origin: string }
}
