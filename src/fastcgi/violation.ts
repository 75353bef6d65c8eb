// Everything that a FastCGI peer can do wrong: the connection cannot go on then.

export const FASTCGI_VIOLATIONS = {
  FASTCGI_VERSION_UNKNOWN: 'a record is not of version 1',
  FASTCGI_PAIR_CUT: 'a name-value pair is longer than its stream',
  FASTCGI_BODY_MALFORMED: 'the body of a record has not the length of its type',
  FASTCGI_REQUEST_ID_USED: 'a request begins with the number of one that goes on, or with 0',
  FASTCGI_STREAM_DISORDERED: 'a stream goes on after its end, or begins before its turn',
  FASTCGI_ADDRESS_UNKNOWN: 'FCGI_WEB_SERVER_ADDRS does not name its address',
} as const

export type FastcgiViolation = keyof typeof FASTCGI_VIOLATIONS
