// Everything that an SCGI peer can do wrong: the connection is closed then.

export const SCGI_VIOLATIONS = {
  SCGI_NETSTRING_MALFORMED:
    'the headers are no netstring: digits without a leading zero, ":", so many bytes, ","',
  SCGI_HEADERS_MALFORMED: 'the headers are no names and values in turn, each ended by a NUL byte',
  SCGI_HEADER_REPEATED: 'a header stands twice',
  SCGI_LENGTH_NOT_FIRST: 'the first header is not CONTENT_LENGTH with a number of bytes',
  SCGI_VERSION_MISSING: 'there is no header SCGI of value 1',
} as const

export type ScgiViolation = keyof typeof SCGI_VIOLATIONS
