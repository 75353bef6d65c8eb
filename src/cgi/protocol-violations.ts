// What the peers of FastCGI, SCGI and uwsgi can do wrong. Nothing can be answered then: the connection is closed.

import { FASTCGI_VIOLATIONS } from '../fastcgi/violation.ts'
import { SCGI_VIOLATIONS } from '../scgi/violation.ts'
import { UWSGI_VIOLATIONS } from '../uwsgi/violation.ts'

/** The rule that was broken, in words for the log. */
export const PROTOCOL_VIOLATIONS = { ...FASTCGI_VIOLATIONS, ...SCGI_VIOLATIONS, ...UWSGI_VIOLATIONS } as const

export type ProtocolViolation = keyof typeof PROTOCOL_VIOLATIONS
