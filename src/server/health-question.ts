// What is asked of an application before it gets requests (--health-path).

import type { Settings } from '../config/resolve.ts'
import { GantryError } from '../errors.ts'
import { HealthProbe, type HealthQuestion } from '../workers/health-probe.ts'
import type { ExchangeHandler } from '../wsgi/exchange.ts'

const EVERY_INTERFACE: ReadonlySet<string> = new Set(['', '0.0.0.0', '::'])

/** Asked as a client would that reaches this server by the first of its addresses. */
export function healthQuestion({ healthPath, bind, scriptName }: Settings): HealthQuestion | undefined {
  if (healthPath === undefined || healthPath === '') return undefined
  const tcp = bind.find((address) => address.kind === 'tcp')
  const isNamed = tcp !== undefined && !EVERY_INTERFACE.has(tcp.host)
  return {
    path: healthPath,
    serverName: isNamed ? tcp.host : 'localhost',
    serverPort: String(tcp === undefined || tcp.port === 0 ? 80 : tcp.port),
    scriptName,
  }
}

/** Asks an application of this process. Rejects with a GantryError for anything but a 2xx; a time limit is the supervisor's. */
export async function askHealth(handler: ExchangeHandler, settings: Settings): Promise<void> {
  const question = healthQuestion(settings)
  if (question === undefined) return
  const probe = new HealthProbe(question)
  handler.handle(probe)
  const outcome = await probe.outcome
  if (outcome !== undefined)
    throw new GantryError('GANTRY_FRONT_UNHEALTHY', { pid: process.pid, path: question.path, outcome })
}
