// What an application is made of, for whoever starts and ends the processes behind it.

import type { Application, Middleware } from './application.ts'
import { type ApplicationLike, asApplication } from './as-application.ts'
import type { ExchangeHandler } from './exchange.ts'

/** An application that has something to start before it can answer, and to end. */
export interface ApplicationProcess {
  /** Takes exchanges as they are, without an environ object: what a server uses that has nothing in front of the application. */
  readonly handler: ExchangeHandler
  /** Resolves when it can answer. Called again, waits for the same. */
  start(): Promise<void>
  /** Ends it when what it runs is done, or after `graceMs` all the same. */
  stop(graceMs: number): Promise<void>
  /** Ends it at once. */
  kill(): void
}

interface Parts {
  readonly applications: readonly Application[]
  readonly process?: ApplicationProcess
}

const partsOf = new WeakMap<Application, Parts>()

/** Says that `application` hands requests to `applications`. Returns it. */
export function withParts(application: Application, applications: readonly Application[]): Application {
  partsOf.set(application, { applications })
  return application
}

/** Says that `process` stands behind `application`. */
export function attachProcess(application: Application, process: ApplicationProcess): void {
  partsOf.set(application, { applications: [], process })
}

/** The process right behind `application`, with nothing in front of it. */
export const processOf = (application: Application): ApplicationProcess | undefined =>
  partsOf.get(application)?.process

/** Every process behind `application` and all that it is made of, as far as they are known: each once. */
export function processesOf(application: Application): readonly ApplicationProcess[] {
  const seen = new Set<Application>()
  const found = new Set<ApplicationProcess>()
  const waiting = [application]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    const parts = partsOf.get(next)
    if (parts?.process !== undefined) found.add(parts.process)
    waiting.push(...(parts?.applications ?? []))
  }
  return [...found]
}

/**
 * Puts middleware in front of an application, the first one outermost.
 *
 * ```ts
 * const application = compose(accessLog(), compress())(pythonApplication('shop.wsgi:application'))
 * ```
 */
export function compose(...middleware: readonly Middleware[]): (application: ApplicationLike) => Application {
  return (like) =>
    middleware.reduceRight((inner, layer) => {
      const outer = layer(inner)
      return outer === inner ? inner : withParts(outer, [inner, ...partsIn(outer)])
    }, asApplication(like))
}

const partsIn = (application: Application): readonly Application[] =>
  partsOf.get(application)?.applications ?? []
