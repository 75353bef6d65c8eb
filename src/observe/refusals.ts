// What clients were refused for: counted by code, and told in the log. An attack is made of refusals, so telling them must not
// be one more way to harm.

import { flagOf } from '../config/option.ts'
import type { ErrorCode } from '../errors.ts'
import { type ViolationCode, violationSpec } from '../http/violation.ts'
import { PROTOCOL_VIOLATIONS, type ProtocolViolation } from '../cgi/protocol-violations.ts'
import { countText } from './count-text.ts'
import type { Log } from './log.ts'
import { type EventKind, moreOf, type Teller } from './teller.ts'

/** Why somebody was refused. */
export type RefusalCode = ViolationCode | ProtocolViolation

export interface RefusalCount {
  readonly code: RefusalCode | ErrorCode
  readonly count: number
}

interface Refusal {
  count: number
  readonly kind: EventKind<string>
}

export class Refusals {
  readonly #log: Log
  readonly #teller: Teller
  readonly #refusals = new Map<RefusalCode, Refusal>()
  readonly #errors = new Map<ErrorCode, number>()

  constructor(log: Log, teller: Teller) {
    this.#log = log
    this.#teller = teller
  }

  /** `remoteAddress` is empty on a Unix socket, or when the client is gone. */
  add(code: RefusalCode, remoteAddress: string): void {
    const refusal = this.#refusals.get(code) ?? this.#firstOf(code)
    refusal.count++
    this.#teller.tell(refusal.kind, remoteAddress)
  }

  /** Counts a refusal that is no fault of the client's, and is told elsewhere. */
  count(code: ErrorCode): void {
    this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1)
  }

  /** How many there were of each code that occurred, the most frequent first. */
  counts(): readonly RefusalCount[] {
    const violations = [...this.#refusals].map(([code, { count }]) => ({ code, count }))
    const errors = [...this.#errors].map(([code, count]) => ({ code, count }))
    return [...violations, ...errors].sort((one, other) => other.count - one.count)
  }

  /** One line about all of them; none if there were none. */
  tellCounts(): void {
    const counts = this.counts()
    if (counts.length === 0) return
    const texts = counts.map(({ code, count }) => `${code} ${countText(count)}`)
    this.#log.info(`refused since the start: ${texts.join(', ')}`)
  }

  #firstOf(code: RefusalCode): Refusal {
    const refusal = { count: 0, kind: kindOf(code, this.#log) }
    this.#refusals.set(code, refusal)
    return refusal
  }
}

const kindOf = (code: RefusalCode, log: Log): EventKind<string> =>
  code in PROTOCOL_VIOLATIONS
    ? protocolKind(code as ProtocolViolation, log)
    : refusalKind(code as ViolationCode, log)

/** What a web server has sent cannot be answered. */
function protocolKind(code: ProtocolViolation, log: Log): EventKind<string> {
  const rule = `${PROTOCOL_VIOLATIONS[code]} (${code})`
  return {
    first: (remoteAddress) => log.warning(`closed a connection of ${serverName(remoteAddress)}: ${rule}`),
    more: (count, last, seconds) =>
      log.warning(
        `closed ${moreOf(count, 'connection')} in the last ${seconds} s, the last of ${serverName(last)}: ${rule}`,
      ),
  }
}

function refusalKind(code: ViolationCode, log: Log): EventKind<string> {
  const { status, reason, limit } = violationSpec(code)
  const option = limit === undefined ? '' : `; the limit is ${flagOf(limit)}`
  const rule = `${status === 0 ? '' : `${status} `}${reason} (${code})${option}`
  const [what, noun, from] = status === 0 ? ['cut', 'answer', 'to'] : ['refused', 'request', 'from']
  const article = status === 0 ? 'an' : 'a'
  return {
    first: (remoteAddress) =>
      log.info(`${what} ${article} ${noun} ${from} ${clientName(remoteAddress)}: ${rule}`),
    more(count, last, seconds) {
      const many = `${moreOf(count, noun)} in the last ${seconds} s`
      log.info(`${what} ${many}, the last ${from} ${clientName(last)}: ${rule}`)
    },
  }
}

const clientName = (remoteAddress: string): string => remoteAddress || 'a client on a Unix socket, or gone'
const serverName = (remoteAddress: string): string => remoteAddress || 'a web server on a Unix socket'
