// Everything that a peer of the uwsgi protocol can do wrong: the connection is closed then.

export const UWSGI_VIOLATIONS = {
  UWSGI_MODIFIER_UNSERVED: 'a packet is no request: its modifier1 is not 0',
  UWSGI_VARIABLE_CUT: 'a variable is longer than its packet',
} as const

export type UwsgiViolation = keyof typeof UWSGI_VIOLATIONS
