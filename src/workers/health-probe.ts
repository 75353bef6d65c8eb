// The request with which a new worker shows that it can serve (`--health-path`): an exchange that nobody sent.

import { randomUUID } from 'node:crypto'
import { encodePairs } from '../wsgi/environ-block.ts'
import type { ErrorStatus, Exchange, FileBody } from '../wsgi/exchange.ts'
import type { ResponseHead } from '../wsgi/response-head.ts'
import { Nobody } from './nobody.ts'

const OWN_ADDRESS = '127.0.0.1'

/** What is asked, and as whom the server is addressed. */
export interface HealthQuestion {
  /** As it stands in a request line, without a query. */
  readonly path: string
  readonly serverName: string
  readonly serverPort: string
  /** The mount prefix; empty without one. */
  readonly scriptName: string
}

export class HealthProbe implements Exchange {
  readonly id = randomUUID()
  readonly method = 'GET'
  readonly target: string
  readonly body = new Uint8Array(0)
  readonly sharedEnviron: Buffer
  client: 'here' | 'gone' = 'here'
  onGone: (() => void) | undefined
  onDrain: (() => void) | undefined
  /** Settled with what was wrong with the answer, undefined for a 2xx. */
  readonly outcome: Promise<string | undefined>
  readonly #own: Buffer
  #settle: (outcome: string | undefined) => void = () => undefined
  #status = 0

  constructor(question: HealthQuestion) {
    const { path, serverName, serverPort, scriptName } = question
    this.target = scriptName + path
    this.sharedEnviron = encodePairs({
      SERVER_NAME: serverName,
      SERVER_PORT: serverPort,
      SERVER_SOFTWARE: 'gantry',
      SERVER_PROTOCOL: 'HTTP/1.1',
      SCRIPT_NAME: scriptName,
      REMOTE_ADDR: OWN_ADDRESS,
      'wsgi.url_scheme': 'http',
      HTTP_HOST: serverPort === '80' ? serverName : `${serverName}:${serverPort}`,
      HTTP_USER_AGENT: 'gantry (health)',
    })
    const pathInfo = Buffer.from(decodeURIComponent(path)).toString('latin1')
    this.#own = Buffer.from(['GET', pathInfo, '', this.target, ''].join('\0'), 'latin1')
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  /** Waits no longer. */
  giveUp(): void {
    this.#settle('was not answered in time')
    this.client = 'gone'
    this.onGone?.()
  }

  environBytes(): number {
    return this.#own.length
  }

  writeEnviron(target: Buffer, start: number): number {
    return start + this.#own.copy(target, start)
  }

  answer({ status }: ResponseHead): void {
    this.#answered(status)
  }

  begin({ status }: ResponseHead): void {
    this.#status = status
  }

  write(): boolean {
    return true
  }

  sendFile(file: FileBody): void {
    new Nobody().sendFile(file)
  }

  end(): void {
    this.#answered(this.#status)
  }

  abort(): void {
    this.#settle('was answered in part')
  }

  drop(): void {
    this.giveUp()
  }

  fail(status: ErrorStatus): void {
    this.#answered(status)
  }

  #answered(status: number): void {
    this.#settle(status >= 200 && status <= 299 ? undefined : `was answered ${status}`)
  }
}
