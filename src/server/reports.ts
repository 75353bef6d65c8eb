// What the gateway and the pool report, as lines of the log. Only this file words them.

import { flagOf } from '../config/option.ts'
import { GantryError } from '../errors.ts'
import type { HttpReports } from '../gateways/http/http-context.ts'
import { violationSpec } from '../http/violation.ts'
import type { Log } from '../observe/log.ts'
import type { Exchange } from '../wsgi/exchange.ts'
import type { PoolReports } from '../workers/pool.ts'

const FAILURES = {
  raised: '',
  'broke-interface': ' – the application does not keep to PEP 3333',
  'asked-to-exit': ' – the application asked the process to end; the server goes on',
} as const
const FULL_DISK = new Set(['ENOSPC', 'EDQUOT'])
// Of each name one line is written; more names than this are an attack, or no news.
const MAX_NAMES_TOLD = 100
const QUEUE_FULL_EVERY_MS = 1000

export function httpReports(log: Log, spoolDirectory: string): HttpReports {
  const toldNames = new Set<string>()
  return {
    refused(code, remoteAddress) {
      const { status, reason, limit } = violationSpec(code)
      const option = limit === undefined ? '' : `; the limit is ${flagOf(limit)}`
      log.info(
        `refused a request from ${remoteAddress ?? 'a client on a Unix socket, or gone'}: ${status} ${reason} (${code})${option}`,
      )
    },
    bodyFailed(error) {
      const { code, message } = error as NodeJS.ErrnoException
      const directory = spoolDirectory
      const failure = FULL_DISK.has(code ?? '')
        ? new GantryError('GANTRY_SPOOL_FULL', { directory }, { cause: error })
        : new GantryError('GANTRY_SPOOL_FAILED', { directory, reason: message }, { cause: error })
      log.error(`${failure.message} (${failure.code})`, failure.hint)
    },
    listenerFailed(error) {
      log.error(`cannot take a connection: ${error.message}`)
    },
    clientLeft(exchange) {
      log.info(`the client left before its answer was complete: ${requestLine(exchange)}`)
    },
    underscoreField(name) {
      if (toldNames.has(name) || toldNames.size >= MAX_NAMES_TOLD) return
      toldNames.add(name)
      log.warning(
        `the header field ${name} was dropped: in an environ key its "_" could not be told from "-" (said once)`,
      )
    },
  }
}

export function poolReports(log: Log): PoolReports {
  let queueFullTold = Number.NEGATIVE_INFINITY
  return {
    application(exchange, report) {
      if (report.type === 'failure') {
        log.error(`Error on request ${requestLine(exchange)}${FAILURES[report.kind]}`, report.text)
      } else if (report.level === 'errors') tellErrors(log, exchange, report.text)
      else if (report.level === 'error') log.error(`Error on request ${requestLine(exchange)}`, report.text)
      else log[report.level](`${report.text.trimEnd()} (request ${requestLine(exchange)})`)
    },
    printed: (worker, stream, line) => log.output(worker, stream, line),
    died(worker, error) {
      log.error(`worker ${worker} died and is replaced: ${error.message} (${error.code})`, error.hint)
    },
    lost(worker, exchanges) {
      const names = exchanges.map((exchange) => requestLine(exchange)).join(', ')
      log.error(`worker ${worker} broke off; answered 502, or cut where the answer had begun: ${names}`)
    },
    replaced: (worker, pid) => log.info(`worker ${worker} is ready (pid ${pid})`),
    bootFailed(worker, error, retryMs) {
      const text = error instanceof Error ? error.message : String(error)
      const traceback = error instanceof GantryError ? error.traceback : undefined
      log.error(`worker ${worker} cannot start, the next try is in ${retryMs} ms: ${text}`, traceback)
    },
    queueFull(exchange, error) {
      // A line a request would be a second overload.
      const now = performance.now()
      if (now - queueFullTold < QUEUE_FULL_EVERY_MS) return
      queueFullTold = now
      log.warning(
        `${error.message}; answered 503: ${requestLine(exchange)} (${error.code}; said once a second at the most)`,
      )
    },
  }
}

function tellErrors(log: Log, exchange: Exchange | undefined, text: string): void {
  for (const line of text.replace(/\n$/, '').split('\n')) log.error(`[${exchange?.id ?? '-'}] ${line}`)
}

function requestLine(exchange: Exchange | undefined): string {
  if (exchange === undefined) return 'that is over'
  return `${exchange.id} ${exchange.method} ${exchange.target}`
}
