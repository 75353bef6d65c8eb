// A line for each request that passes, as `--access-log` writes it, but of what the application behind it gave: for one of several mounted
// applications, or inside a server that is not Gantry's.

import { tmpdir } from 'node:os'
import { type LogTarget, parseLogTarget } from '../config/log-target.ts'
import { GantryError } from '../errors.ts'
import { type AccessLog, openAccessLog } from '../observe/access/access-log.ts'
import { SYSTEM_CLOCK } from '../observe/clock.ts'
import { textLog } from '../observe/log.ts'
import { Teller } from '../observe/teller.ts'
import type { AccessRecord } from '../wsgi/access-record.ts'
import { attachLog, withParts } from '../wsgi/application-parts.ts'
import type { Application, Middleware } from '../wsgi/application.ts'
import { LoggedRequest } from './logged-request.ts'

export type { AccessRecord } from '../wsgi/access-record.ts'

/** Where the lines go. */
export interface AccessLogOptions {
  /** As for `--access-log`: a path, `-` for standard output, `syslog` …; or a function that takes each record itself. `-` if left out. */
  readonly target?: string | ((record: AccessRecord) => void)
}

/** Middleware that has a log open from its first use on. Gantry's server closes and reopens the logs of the applications it serves. */
export interface AccessLogMiddleware extends Middleware {
  /** After the file was renamed: goes on in a new one. */
  reopen(): void
  /** Resolves when what was recorded is written. From then on nothing is. */
  close(): Promise<void>
}

/**
 * Writes one line for each request, in the format of `--access-log`: when its body has ended, it has failed, or its client has left.
 *
 * Status and bytes are what the application behind it gave: middleware in front of it may change them. A client that leaves before
 * there was any data leaves a 499, an application that throws before it a 500 or the status of its `AnswerFailure`.
 *
 * ```ts
 * accessLog({ target: '/var/log/shop/access.log' })
 * ```
 *
 * @throws GantryError GANTRY_ACCESS_LOG_FAILED if the file cannot be opened, when it is put before an application
 */
export function accessLog(options: AccessLogOptions = {}): AccessLogMiddleware {
  const { target = '-' } = options
  if (typeof target === 'function')
    return withControls(function accessLog(application) {
      return logging(application, target)
    }, undefined)
  const log = new OpenedOnUse(target)
  return withControls(function accessLog(application) {
    const logged = logging(application, log.open().record)
    attachLog(logged, log)
    return logged
  }, log)
}

function withControls(middleware: Middleware, log: OpenedOnUse | undefined): AccessLogMiddleware {
  return Object.assign(middleware, {
    reopen: () => log?.reopen(),
    close: async () => await log?.close(),
  })
}

// Lines are gathered for a moment: without this, those of a process that ends without a `close` would be lost.
const openLogs = new Set<OpenedOnUse>()
const flushAll = (): void => openLogs.forEach((log) => log.flushNow())

function targetOf(text: string): LogTarget {
  const place = { startDirectory: process.cwd(), temporaryDirectory: tmpdir() }
  const parsed = parseLogTarget('stdout')(text, place)
  if (parsed.ok) return parsed.value
  throw new GantryError('GANTRY_OPTION_VALUE_BAD', {
    origin: 'accessLog',
    given: text,
    expected: parsed.expected,
  })
}

/** A log for all applications that the same middleware stands before. A process that puts it before none opens no file. */
class OpenedOnUse {
  readonly #target: string
  readonly #teller = new Teller(SYSTEM_CLOCK)
  #log: AccessLog | undefined

  constructor(target: string) {
    this.#target = target
  }

  open(): AccessLog {
    if (this.#log !== undefined) return this.#log
    const log = textLog()
    const target = targetOf(this.#target)
    const teller = this.#teller
    const format = { kind: 'gantry' } as const
    this.#log = openAccessLog({ target, format, origin: 'accessLog', log, teller, clock: SYSTEM_CLOCK })
    if (openLogs.size === 0) process.on('exit', flushAll)
    openLogs.add(this)
    return this.#log
  }

  reopen(): void {
    this.#log?.reopen()
  }

  flushNow(): void {
    this.#log?.flushNow()
  }

  async close(): Promise<void> {
    openLogs.delete(this)
    if (openLogs.size === 0) process.off('exit', flushAll)
    await this.#log?.close()
    this.#teller.finish()
  }
}

function logging(application: Application, take: (record: AccessRecord) => void): Application {
  const logged: Application = (environ, startResponse) => {
    const request = new LoggedRequest(environ, take)
    try {
      const result = application(environ, request.startResponse(startResponse))
      return isPromise(result) ? request.awaited(result) : request.result(result)
    } catch (error) {
      request.failed(error)
      throw error
    }
  }
  return withParts(logged, [application])
}

function isPromise<T>(value: Promise<T> | T): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
