// What an application is made of, for whoever starts and ends the processes behind it.

import type { Application, Middleware } from './application.ts'
import { type ApplicationLike, asApplication } from './as-application.ts'
import { AssertionError } from './assertion-error.ts'
import { nameOfType } from './checked-head.ts'
import type { ExchangeHandler } from './exchange.ts'

/** An application that has something to start before it can answer, and to end. */
export interface ApplicationProcess {
  /** Takes exchanges as they are, without an environ object: what a server uses that has nothing in front of the application. */
  readonly handler: ExchangeHandler
  /** It can answer now. */
  readonly isReady: boolean
  /** Resolves when it can answer. Called again, waits for the same. */
  start(): Promise<void>
  /** Ends it when what it runs is done, or after `graceMs` all the same. */
  stop(graceMs: number): Promise<void>
  /** Ends it at once. */
  kill(): void
}

/** A log that an application keeps by itself. */
export interface ApplicationLog {
  /** After its file was renamed: goes on in a new one. */
  reopen(): void
  /** Writes before it returns what was recorded, as far as that is possible. */
  flushNow(): void
  /** Resolves when what was recorded is written. */
  close(): Promise<void>
}

interface Parts {
  readonly applications: readonly Application[]
  readonly process?: ApplicationProcess
  readonly log?: ApplicationLog
}

const partsOf = new WeakMap<Application, Parts>()

/** Says that `application` hands requests to `applications`. Returns it. */
export function withParts(application: Application, applications: readonly Application[]): Application {
  partsOf.set(application, { ...partsOf.get(application), applications })
  return application
}

/** Says that `process` stands behind `application`. */
export function attachProcess(application: Application, process: ApplicationProcess): void {
  partsOf.set(application, { applications: [], process })
}

/** Says that `application` keeps `log`, for whoever serves it to reopen and to close. */
export function attachLog(application: Application, log: ApplicationLog): void {
  partsOf.set(application, { applications: [], ...partsOf.get(application), log })
}

/** The process right behind `application`, with nothing in front of it. */
export const processOf = (application: Application): ApplicationProcess | undefined =>
  partsOf.get(application)?.process

/** Every process behind `application` and all that it is made of, as far as they are known: each once. */
export const processesOf = (application: Application): readonly ApplicationProcess[] =>
  everyOf(application, ({ process }) => process)

/** Every log that `application` and what it is made of keep: each once. */
export const logsOf = (application: Application): readonly ApplicationLog[] =>
  everyOf(application, ({ log }) => log)

function everyOf<Part>(
  application: Application,
  partOf: (parts: Parts) => Part | undefined,
): readonly Part[] {
  const seen = new Set<Application>()
  const found = new Set<Part>()
  const waiting = [application]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    const parts = partsOf.get(next)
    if (parts === undefined) continue
    const part = partOf(parts)
    if (part !== undefined) found.add(part)
    waiting.push(...parts.applications)
  }
  return [...found]
}

/**
 * Puts middleware in front of an application, the first one outermost.
 *
 * ```ts
 * const application = compose(accessLog(), compress())(pythonApplication('shop.wsgi:application'))
 * ```
 *
 * @throws AssertionError where middleware returns anything but a function, such as a promise of one
 */
export function compose(...middleware: readonly Middleware[]): (application: ApplicationLike) => Application {
  return (like) =>
    middleware.reduceRight((inner, layer) => {
      const outer = checkedLayer(layer(inner), layer.name)
      return outer === inner ? inner : withParts(outer, [inner, ...partsIn(outer)])
    }, asApplication(like))
}

function checkedLayer(outer: unknown, name: string): Application {
  if (typeof outer === 'function') return outer as Application
  throw new AssertionError(
    `the middleware ${name || 'without a name'} returned no application but ${nameOfType(outer)}; middleware is (application) => application`,
  )
}

const partsIn = (application: Application): readonly Application[] =>
  partsOf.get(application)?.applications ?? []
