// Stands in front of an application and says where it, or the middleware before it, does not keep to PEP 3333. What goes through stays
// what it is.

import type { Application } from '../wsgi/application.ts'
import { withParts } from '../wsgi/application-parts.ts'
import { type ApplicationLike, asApplication } from '../wsgi/as-application.ts'
import type { Environ } from '../wsgi/environ.ts'
import { environFaults } from './environ-faults.ts'
import { type Finding, lineOf } from './finding.ts'
import { Findings } from './report.ts'
import { RequestWatch } from './request-watch.ts'
import { watchStreams } from './watch-streams.ts'
import { watchedResult } from './watched-result.ts'

/** How `lint` tells. */
export interface LintOptions {
  /** Called with each finding; a line in `wsgi.errors` if left out. */
  readonly report?: (finding: Finding, environ: Environ) => void
}

/**
 * Reports each breach of PEP 3333 once for each path (of a rule, 20 paths at most), with its rule and section. Never changes an answer
 * and never throws; also usable as middleware, to see what the middleware before it does.
 *
 * ```ts
 * const server = await serve(lint(application))
 * ```
 */
export function lint(like: ApplicationLike, options: LintOptions = {}): Application {
  const application = asApplication(like)
  const { report = writeLine } = options
  const findings = new Findings()
  const linted: Application = (environ, startResponse) => {
    const tell = (finding: Finding): void => {
      if (findings.add(finding)) reportSafely(report, finding, environ)
    }
    const watch = new RequestWatch(environ, tell)
    watch.look(() => environFaults(environ))
    watchStreams(environ, watch)
    const result = application(environ, watch.startResponse(startResponse))
    if (isPromise(result)) return Promise.resolve(result).then((value) => watchedResult(value, watch))
    return watchedResult(result, watch)
  }
  return withParts(Object.defineProperty(linted, 'name', { value: application.name }), [application])
}

function isPromise<T>(result: T | Promise<T>): result is Promise<T> {
  return typeof result === 'object' && result !== null && 'then' in result
}

function reportSafely(report: NonNullable<LintOptions['report']>, finding: Finding, environ: Environ): void {
  try {
    report(finding, environ)
  } catch (error) {
    // The request must not fail for what only looks at it; but whoever wrote the callback should know.
    environ['wsgi.errors'].write(`lint: the report of ${finding.code} failed: ${String(error)}\n`)
  }
}

function writeLine(finding: Finding, environ: Environ): void {
  environ['wsgi.errors'].write(`${lineOf(finding)}\n`)
}
