// What the gateway and the pool report, as lines of the log. Only this file, crew-reports.ts and observe/refusals.ts word them. Whatever a client
// can cause at will goes through the teller, so that nobody can flood the log.

import type { ApplicationReports, LateRequest } from '../applications/application-handler.ts'
import { formatDuration } from '../config/durations.ts'
import { flagOf } from '../config/option.ts'
import { GantryError } from '../errors.ts'
import type { CgiParts } from '../gateways/cgi/cgi-exchange.ts'
import type { CancelledRequest, GatewayReports } from '../gateways/server-context.ts'
import { parseFinding } from '../lint/finding.ts'
import { Findings } from '../lint/report.ts'
import type { Log } from '../observe/log.ts'
import { type EventKind, moreOf } from '../observe/teller.ts'
import { textOfThrown } from '../observe/thrown.ts'
import { AssertionError } from '../wsgi/assertion-error.ts'
import type { Exchange } from '../wsgi/exchange.ts'
import type { PoolReports } from '../workers/pool.ts'
import type { PreloadReports } from '../workers/preload.ts'
import type { LeftOpen } from '../workers/template-process.ts'
import { crewReports } from './crew-reports.ts'
import type { InterruptedRequest } from '../workers/runaways.ts'
import type { Observation } from './observation.ts'

const FAILURES = {
  raised: '',
  'broke-interface': ' – the application does not keep to PEP 3333',
  'asked-to-exit': ' – the application asked the process to end; the server goes on',
} as const
const FINDING = 'lint: '
// Of each name one line is written; more names than this are an attack, or no news.
const MAX_NAMES_TOLD = 100
// Other characters may stand in a field's name too, but in a command that somebody copies into a shell they would be acted on.
const NAME_FOR_A_SHELL = /^[A-Za-z0-9_-]+$/

type Observed = Pick<Observation, 'log' | 'teller' | 'refusals' | 'accessLog'>
/** Counts the deaths of workers. */
type Counting = Pick<Observation, 'workerDeaths'> & Partial<Pick<Observation, 'isBootShown'>>

export function gatewayReports({ log, teller, refusals, accessLog }: Observed): GatewayReports {
  const bodyFailed = byCode(() => bodyFailedKind(log))
  const answerFailed = byCode(() => answerFailedKind(log))
  const staticFileFailed = refusedKind(log, 500)
  const bounds = {
    maxRequestsPerConnection: boundKind(log, 'closed a connection from', 'maxRequestsPerConnection'),
    maxPipelinedBytes: boundKind(log, 'do not read the pipelined requests yet of', 'maxPipelinedBytes'),
  }
  const clientLeft = clientLeftKind(log)
  const cancelled = cancelledKind(log)
  const listenerFailed = listenerFailedKind(log)
  const underscores = onceByName((name) => log.warning(underscoreText(name)))
  const forwarded = onceByName((name, remoteAddress) => log.warning(forwardedText(name, remoteAddress)))
  return {
    access: accessLog,
    refused: (code, remoteAddress) => refusals.add(code, remoteAddress),
    bounded: (limit, remoteAddress) => teller.tell(bounds[limit], remoteAddress),
    bodyFailed(error) {
      refusals.count(error.code)
      teller.tell(bodyFailed(error), error)
    },
    answerFailed(exchange, error) {
      teller.tell(answerFailed(error), { error, request: requestLine(exchange) })
    },
    staticFileFailed(exchange, error) {
      refusals.count(error.code)
      teller.tell(staticFileFailed, { error, request: requestLine(exchange) })
    },
    listenerFailed: (error) => teller.tell(listenerFailed, error),
    clientLeft: (exchange) => teller.tell(clientLeft, requestLine(exchange)),
    cancelled: (request) => teller.tell(cancelled, request),
    underscoreField: (name) => underscores(name, ''),
    forwardedFieldRemoved: forwarded,
  }
}

export function applicationReports({ log, teller }: Pick<Observed, 'log' | 'teller'>): ApplicationReports {
  const timeUp = timeUpKind(log)
  return {
    failed(exchange, error) {
      const kind = error instanceof AssertionError ? FAILURES['broke-interface'] : ''
      log.error(`Error on request ${requestLine(exchange)}${kind}`, textOfThrown(error))
    },
    warned(exchange, level, text) {
      if (level === 'error') log.error(`Error on request ${requestLine(exchange)}`, text)
      else log.warning(`${text} (request ${requestLine(exchange)})`)
    },
    errors: (exchange, text) => tellErrors(log, exchange, text),
    timeUp: (exchange, late) => teller.tell(timeUp, { ...late, request: requestLine(exchange) }),
  }
}

export const cgiReports = (log: Log): Pick<CgiParts, 'lost'> => ({
  lost: (exchange, reason) => log.info(`${reason}: ${requestLine(exchange)}`),
})

export function poolReports(observed: Observed & Counting): PoolReports {
  const { log, teller, refusals } = observed
  const queueFull = refusedKind(log, 503)
  const queueTimeout = refusedKind(log, 504)
  const findings = new Findings()
  // Each worker tells a finding once: here they come together.
  const tellFinding = (line: string): void => {
    const finding = parseFinding(line)
    if (finding === undefined || findings.add(finding)) log.warning(line.trimEnd())
  }
  const crew = crewReports(log)
  return {
    ...crew,
    died(death) {
      observed.workerDeaths++
      crew.died(death)
    },
    slowBoot(boot) {
      if (observed.isBootShown !== true) crew.slowBoot(boot)
    },
    application(exchange, report) {
      if (report.type === 'failure') {
        log.error(`Error on request ${requestLine(exchange)}${FAILURES[report.kind]}`, report.text)
      } else if (report.level === 'errors') tellErrors(log, exchange, report.text)
      else if (report.level === 'error') log.error(`Error on request ${requestLine(exchange)}`, report.text)
      // A finding of lint names its request itself, and without its query: it is told once.
      else if (report.text.startsWith(FINDING)) tellFinding(report.text)
      else log[report.level](`${report.text.trimEnd()} (request ${requestLine(exchange)})`)
    },
    preload: preloadReports(log),
    queueFull(exchange, error) {
      refusals.count(error.code)
      teller.tell(queueFull, { error, request: requestLine(exchange) })
    },
    queueTimeout(exchange, error) {
      refusals.count(error.code)
      teller.tell(queueTimeout, { error, request: requestLine(exchange) })
    },
    interrupted: (interrupted, error) => log.error(interruptedText(interrupted, error), stackOf(interrupted)),
  }
}

function preloadReports(log: Log): PreloadReports {
  return {
    printed: (stream, line) => log.output({ worker: 'template', stream }, line),
    leftOpen: (left) => log.warning(leftOpenText(left)),
    died(error, pauseMs) {
      const when = pauseMs === 0 ? 'now' : `in ${pauseMs} ms`
      log.error(`${error.message}; its workers go on, it is replaced ${when} (${error.code})`, error.hint)
    },
    replaced: (pid) => log.info(`the template is ready (pid ${pid})`),
    bootFailed(error, retryMs) {
      const text = error instanceof Error ? error.message : String(error)
      const traceback = error instanceof GantryError ? error.traceback : undefined
      log.error(`the template cannot start, the next try is in ${retryMs} ms: ${text}`, traceback)
    },
  }
}

function leftOpenText({ threads, sockets }: LeftOpen): string {
  const parts = [
    ...threads.map((thread) => `the thread ${thread}, which runs in no worker`),
    ...sockets.map((socket) => `a ${socket}, which all workers share`),
  ]
  return `--preload: importing the application left open what does not survive a fork: ${parts.join('; ')}. Open it in a function that gantry_worker.hooks.after_fork is given (docs/guide/preload.md)`
}

// What is no fault of anybody's, and happens all the time on a busy server.
const BOUNDS_EVERY_MS = 3_600_000

function boundKind(log: Log, what: string, limit: string): EventKind<string> {
  const text = (address: string): string =>
    `${what} ${address || 'a client on a Unix socket'}; the limit is ${flagOf(limit)}`
  return {
    everyMs: BOUNDS_EVERY_MS,
    first: (address) => log.info(text(address)),
    more: (count, last) => log.info(`${text(last)} (${moreOf(count, 'time')} within the hour)`),
  }
}

// Clients leave every day; a storm of them is an attack, or a network that breaks down.
const CLIENTS_LEFT_AT_ONCE = 20

function clientLeftKind(log: Log): EventKind<string> {
  return {
    atOnce: CLIENTS_LEFT_AT_ONCE,
    first: (request) => log.info(`the client left before its answer was complete: ${request}`),
    more: (count, last, seconds) =>
      log.info(
        `${moreOf(count, 'client')} left before an answer was complete in the last ${seconds} s, the last: ${last}`,
      ),
  }
}

// When the server ends: as many as most servers ever have under way.
const CANCELLED_AT_ONCE = 1_000

function cancelledKind(log: Log): EventKind<CancelledRequest> {
  const text = (request: CancelledRequest): string => {
    const { hasBegun, ageMs } = request
    return `${hasBegun ? 'its answer was cut' : 'it was answered 503'}: ${requestLine(request)}, ${ageText(ageMs)} old (GANTRY_SERVER_STOPPED)`
  }
  const limit = flagOf('shutdownTimeoutMs')
  return {
    atOnce: CANCELLED_AT_ONCE,
    first: (request) => log.warning(`a request went on for longer than ${limit}, ${text(request)}`),
    more: (count, last) =>
      log.warning(`${moreOf(count, 'request')} went on for longer than ${limit}, the last: ${text(last)}`),
  }
}

// A few slow requests are told one by one; when all of them are, that is the news.
const TIMES_UP_AT_ONCE = 20

function timeUpKind(log: Log): EventKind<LateRequest & { readonly request: string }> {
  return {
    atOnce: TIMES_UP_AT_ONCE,
    first: ({ limit, limitMs, ageMs, hasBegun, request, code }) =>
      log.error(
        `the application took longer than ${flagOf(limit)} (${formatDuration(limitMs)}), ${hasBegun ? 'its answer was cut' : 'answered 504'}: ${request}, ${ageText(ageMs)} old (${code})`,
        'Where it waits cannot be told of JavaScript. Its signal was aborted: environ["gantry.request"].signal.',
      ),
    more: (count, { limit, request }, seconds) =>
      log.error(
        `${moreOf(count, 'request')} took longer than ${flagOf(limit)} in the last ${seconds} s, the last: ${request}`,
      ),
  }
}

const ageText = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

function bodyFailedKind(log: Log): EventKind<GantryError> {
  return {
    first: (error) => log.error(`${error.message} (${error.code})`, error.hint),
    more: (count, { message, code }, seconds) =>
      log.error(`${moreOf(count, 'time')} in the last ${seconds} s: ${message} (${code})`),
  }
}

/** What failed, and on which request. */
interface FailedRequest {
  readonly error: GantryError
  readonly request: string
}

function answerFailedKind(log: Log): EventKind<FailedRequest> {
  return {
    first: ({ error, request }) =>
      log.error(`the answer was cut: ${request}: ${error.message} (${error.code})`, error.hint),
    more: (count, { error, request }, seconds) =>
      log.error(
        `cut ${moreOf(count, 'answer')} in the last ${seconds} s, the last: ${request}: ${error.message} (${error.code})`,
      ),
  }
}

/** Each error code is a kind of its own: a second one is not held back behind the first. */
function byCode<Detail>(makeKind: () => EventKind<Detail>): (error: GantryError) => EventKind<Detail> {
  const kinds = new Map<string, EventKind<Detail>>()
  return ({ code }) => {
    const kind = kinds.get(code) ?? makeKind()
    kinds.set(code, kind)
    return kind
  }
}

function listenerFailedKind(log: Log): EventKind<Error> {
  return {
    first: (error) => log.error(`cannot take a connection: ${error.message}`),
    more: (count, { message }, seconds) =>
      log.error(`${moreOf(count, 'time')} in the last ${seconds} s: cannot take a connection: ${message}`),
  }
}

function refusedKind(log: Log, status: number): EventKind<FailedRequest> {
  return {
    first: ({ error, request }) =>
      log.warning(`${error.message}; answered ${status}: ${request} (${error.code})`),
    more: (count, { error, request }, seconds) =>
      log.warning(
        `answered ${status} to ${moreOf(count, 'request')} in the last ${seconds} s, the last: ${request}: ${error.message} (${error.code})`,
      ),
  }
}

const OUTCOMES = { answered: 'answered 504', cut: 'cut its answer', unheard: 'its client had left' } as const

function interruptedText(interrupted: InterruptedRequest, error: GantryError): string {
  const { request, code, outcome, ageMs, worker, pid, told } = interrupted
  const age = `${(ageMs / 1_000).toFixed(1)} s old`
  const why = code === 'abandoned' ? '' : ` (${error.code})`
  return `${error.message}; ${OUTCOMES[outcome]}: ${request.id} ${request.method} ${request.target}, ${age}; ${whatOfThread(told)}; worker ${worker} (pid ${pid})${why}`
}

function whatOfThread(told: InterruptedRequest['told']): string {
  if (told === 'held up')
    return 'its worker is held up as a whole, by code that does not let go of the interpreter'
  if (told === 'over')
    return 'its thread came back, or its worker ended, before it could be asked what it did'
  if (told.isInterrupted) return `its thread is interrupted: ${told.thread}`
  return told.stack === '' ? 'its thread was just done' : `its thread cannot be interrupted: ${told.thread}`
}

function stackOf({ told, stacks }: InterruptedRequest): string | undefined {
  if (told === 'over') return undefined
  const text = told === 'held up' ? stacks || 'not even a signal made it tell its stacks' : told.stack
  return text === '' ? undefined : text.trimEnd()
}

type NamedReport = (name: string, remoteAddress: string) => void

function onceByName(tell: NamedReport): NamedReport {
  const toldNames = new Set<string>()
  return (name, remoteAddress) => {
    const key = name.toLowerCase()
    if (toldNames.has(key) || toldNames.size >= MAX_NAMES_TOLD) return
    toldNames.add(key)
    tell(name, remoteAddress)
  }
}

function underscoreText(name: string): string {
  const option = NAME_FOR_A_SHELL.test(name)
    ? `--allow-underscore-headers ${name}`
    : '--allow-underscore-headers'
  return `the header field ${name} was dropped: in an environ key its "_" could not be told from "-"; ${option} lets it through (said once)`
}

function forwardedText(name: string, remoteAddress: string): string {
  const sender = remoteAddress || 'a client on a Unix socket'
  const option = `--trusted-proxies ${remoteAddress || 'unix'}`
  return `the header field ${name} from ${sender} was removed: only trusted proxies may say who the client is; if that is a proxy of yours, ${option} makes it count (said once)`
}

function tellErrors(log: Log, exchange: Exchange | undefined, text: string): void {
  exchange?.errorOutput?.(text)
  for (const line of text.replace(/\n$/, '').split('\n')) log.error(`[${exchange?.id ?? '-'}] ${line}`)
}

function requestLine(exchange: Pick<Exchange, 'id' | 'method' | 'target'> | undefined): string {
  if (exchange === undefined) return 'that is over'
  return `${exchange.id} ${exchange.method} ${exchange.target}`
}
