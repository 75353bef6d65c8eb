// A TypeScript application under CGI: run once, in this process.

import type { Writable } from 'node:stream'
import { ApplicationHandler } from '../../applications/application-handler.ts'
import { inputOf } from '../../applications/request-input.ts'
import { CgiExchange } from '../../gateways/cgi/cgi-exchange.ts'
import { CgiProblem, type CgiStrings, bodyBytes } from '../../gateways/cgi/cgi-environ.ts'
import { StandardInput } from '../../gateways/cgi/standard-input.ts'
import { SYSTEM_CLOCK } from '../../observe/clock.ts'
import { type Log, textLog } from '../../observe/log.ts'
import { outliveReaders } from '../../observe/standard-streams.ts'
import { Teller } from '../../observe/teller.ts'
import { NO_BODY } from '../../spool/incoming-body.ts'
import { collectBody } from '../../workers/collect-body.ts'
import { asApplication } from '../../wsgi/as-application.ts'
import { compose, logsOf, processesOf } from '../../wsgi/application-parts.ts'
import type { Application } from '../../wsgi/application.ts'
import type { RequestBody } from '../../wsgi/exchange.ts'
import type { Configuration } from '../configuration.ts'
import { loadApplication } from '../load-application.ts'
import { openSpool } from '../open-spool.ts'
import { applicationReports, cgiReports } from '../reports.ts'
import { outliveStrayErrors } from '../stray-errors.ts'

const STANDARD_INPUT = 0
const GRACE_MS = 2_000
const EXIT_TERMINATED = 143
/** The web server has its own. */
const NO_LIMITS = { requestTimeoutMs: 0, responseIdleTimeoutMs: 0, routes: [] }

/** Resolves to the exit status when the answer is handed over. Rejects with a GantryError when there is no application; nothing is sent then. */
export async function runScript(
  configuration: Configuration,
  request: CgiStrings | CgiProblem,
): Promise<number> {
  const log = textLog()
  outliveReaders()
  outliveStrayErrors(log)
  const output = keepStandardOutput()
  if (request instanceof CgiProblem) return await refuse(request, output, log)
  const application = await applicationOf(configuration)
  const { body, release } = await bodyOf(request, configuration)
  const exchange = openExchange(request, body, output, log)
  const signals: string[] = []
  process.once('SIGTERM', (signal) => {
    signals.push(signal)
    exchange.lose('the web server ended the request (SIGTERM)')
  })
  const reports = applicationReports({ log, teller: new Teller(SYSTEM_CLOCK) })
  const facts = { isMultiprocess: true, isRunOnce: true }
  const handler = new ApplicationHandler(application, reports, NO_LIMITS, facts)
  handler.handle(exchange)
  const outcome = await exchange.whenOver
  if (outcome !== 'gone' && body instanceof StandardInput) body.discard()
  release()
  await Promise.all(processesOf(application).map((each) => each.stop(GRACE_MS)))
  await Promise.all(logsOf(application).map((each) => each.close()))
  if (signals.length > 0) return EXIT_TERMINATED
  return outcome === 'answered' ? 0 : 1
}

/** The answer has the standard output for itself: what the application prints goes where errors go. */
function keepStandardOutput(): Writable {
  const output = process.stdout
  Object.defineProperty(process, 'stdout', { configurable: true, get: () => process.stderr })
  return output
}

interface Body {
  readonly body: RequestBody | StandardInput
  readonly release: () => void
}

/**
 * What is read when it is asked for; but a body that came in chunks has no CONTENT_LENGTH in CGI, goes to the end of the standard input, and
 * is read first: applications know it by its length (W16).
 */
async function bodyOf(strings: CgiStrings, { settings }: Configuration): Promise<Body> {
  const size = bodyBytes(strings)
  const release = (): void => undefined
  if (size > 0) return { body: new StandardInput(STANDARD_INPUT, size), release }
  if (strings['CONTENT_LENGTH'] !== undefined || !process.env['HTTP_TRANSFER_ENCODING'])
    return { body: NO_BODY, release }
  const spool = openSpool(settings)
  const collected = await collectBody(inputOf(new StandardInput(STANDARD_INPUT, Infinity)), -1, spool)
  strings['CONTENT_LENGTH'] = String(collected.size)
  return { body: collected.body, release: () => spool.remove() }
}

function openExchange(
  strings: CgiStrings,
  body: RequestBody | StandardInput,
  output: Writable,
  log: Log,
): CgiExchange {
  const id = strings['UNIQUE_ID'] || String(process.pid)
  return new CgiExchange({ strings, id, body, output, ...cgiReports(log) })
}

async function refuse({ message }: CgiProblem, output: Writable, log: Log): Promise<number> {
  const { REQUEST_METHOD = '', REQUEST_URI = '-' } = process.env
  const exchange = openExchange({ REQUEST_METHOD, REQUEST_URI }, NO_BODY, output, log)
  applicationReports({ log, teller: new Teller(SYSTEM_CLOCK) }).warned(exchange, 'error', message)
  exchange.fail(400)
  await exchange.whenOver
  return 1
}

/** What a worker is for Python, this process is for TypeScript. */
async function applicationOf({ settings, application, middleware }: Configuration): Promise<Application> {
  process.chdir(settings.chdir)
  for (const { name, value } of settings.env) process.env[name] = value
  const own =
    application === undefined
      ? (await loadApplication(settings.application, settings.chdir)).application
      : asApplication(application)
  const watched = settings.lint ? (await import('../../lint/lint.ts')).lint(own) : own
  return compose(...middleware)(watched)
}
