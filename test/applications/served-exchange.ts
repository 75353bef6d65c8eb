// A request of an application in this process, whose gateway is the test.

import { ApplicationHandler } from '../../src/applications/application-handler.ts'
import type { ErrorStatus } from '../../src/wsgi/exchange.ts'
import type { Application, Environ, Header } from '../../src/wsgi/index.ts'
import { FakeExchange } from '../workers/fake-exchange.ts'

export class ServedExchange extends FakeExchange {
  readonly failures: unknown[][] = []

  override writeEnviron(target: Buffer, start: number): number {
    return start + target.write('POST\0/\0\0/\0', start, 'latin1')
  }

  override abort(code?: string): void {
    this.events.push(code === undefined ? 'abort' : `abort ${code}`)
  }

  override fail(status: ErrorStatus, code?: string, headers?: readonly Header[]): void {
    super.fail(status)
    this.failures.push([status, code, headers])
  }
}

export interface Served {
  readonly exchange: ServedExchange
  readonly environ: Environ
  readonly log: unknown[]
}

/** Has a handler run `application` for `exchange`; what it reports comes into `log`. */
export function serve(
  application: Application,
  exchange = new ServedExchange(),
  limits = { requestTimeoutMs: 0, responseIdleTimeoutMs: 0 },
): Served {
  const log: unknown[] = []
  let environ: Environ | undefined
  const handler = new ApplicationHandler(
    (given, startResponse) => {
      environ = given
      return application(given, startResponse)
    },
    {
      failed: (_, error) => log.push(error),
      warned: (_, level, text) => log.push(`${level} ${text}`),
      errors: (_, text) => log.push(text),
      timeUp: (_, { limit, hasBegun }) => log.push([limit, hasBegun]),
    },
    { ...limits, routes: [] },
    { isMultiprocess: true },
  )
  handler.handle(exchange)
  return { exchange, environ: environ!, log }
}
