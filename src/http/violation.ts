// Every way in which a peer can break HTTP/1.1 or a limit. A violation is a value, never thrown: attack traffic must be cheap.
// After one of them the connection is answered once and closed; nothing more of it is read as a request.

interface ViolationSpec {
  /** 0: none can be answered any more, as another answer is on its way. */
  readonly status: 0 | 400 | 408 | 413 | 414 | 417 | 431 | 501 | 503 | 505
  /** What was wrong, in words that may be shown to the client. */
  readonly reason: string
  /** The limit that was passed, where it is one. */
  readonly limit?: string
}

export const VIOLATIONS = {
  EMPTY_LINES: { status: 400, reason: 'too many empty lines before the request line' },
  REQUEST_LINE_MALFORMED: { status: 400, reason: 'the request line is malformed' },
  REQUEST_LINE_TOO_LONG: {
    status: 414,
    reason: 'the request line is too long',
    limit: 'maxRequestLineBytes',
  },
  VERSION_UNSUPPORTED: { status: 505, reason: 'this HTTP version is not served here' },
  METHOD_UNUSUAL: {
    status: 501,
    reason: 'a method of anything but capital letters, "-" and "_" is not served here',
  },
  METHOD_CONNECT: { status: 501, reason: 'CONNECT is not served here' },
  TARGET_MALFORMED: { status: 400, reason: 'the request target is malformed' },
  TARGET_ENCODING: { status: 400, reason: 'the percent-encoding of the request target is malformed' },
  LINE_END: { status: 400, reason: 'a line does not end with CR LF' },
  FIELD_MALFORMED: { status: 400, reason: 'a header field is malformed' },
  FIELD_FOLDED: { status: 400, reason: 'a header field is folded over several lines' },
  FIELD_TOO_LONG: { status: 431, reason: 'a header field is too long', limit: 'maxHeaderBytes' },
  HEAD_TOO_LONG: { status: 431, reason: 'the request head is too long', limit: 'maxHeadBytes' },
  TOO_MANY_FIELDS: { status: 431, reason: 'there are too many header fields', limit: 'maxHeaders' },
  FIELD_REPEATED: { status: 400, reason: 'a header field that may stand once is repeated' },
  VARIABLE_MALFORMED: { status: 400, reason: 'a variable of the request is malformed' },
  METHOD_MISSING: { status: 400, reason: 'the request has no method' },
  HOST_MISSING: { status: 400, reason: 'the Host field is missing' },
  HOST_MALFORMED: { status: 400, reason: 'the Host field is malformed' },
  CONTENT_LENGTH_MALFORMED: { status: 400, reason: 'Content-Length is malformed' },
  TRANSFER_ENCODING_MALFORMED: { status: 400, reason: 'Transfer-Encoding is malformed' },
  TRANSFER_ENCODING_UNSUPPORTED: { status: 501, reason: 'this Transfer-Encoding is not served here' },
  FRAMING_AMBIGUOUS: { status: 400, reason: 'Content-Length and Transfer-Encoding exclude each other' },
  EXPECTATION_UNKNOWN: { status: 417, reason: 'this expectation is not met here' },
  BODY_TOO_LARGE: { status: 413, reason: 'the request body is too large', limit: 'maxBodyBytes' },
  CHUNK_MALFORMED: { status: 400, reason: 'the chunked coding of the body is malformed' },
  CHUNK_EXTENSIONS_TOO_LONG: {
    status: 400,
    reason: 'the chunk extensions are too long',
    limit: 'maxChunkExtensionBytes',
  },
  TRAILER_FORBIDDEN: { status: 400, reason: 'a trailer field would steer the message or the connection' },
  TRAILERS_TOO_LONG: { status: 431, reason: 'the trailer fields are too long', limit: 'maxTrailerBytes' },
  BODY_INCOMPLETE: { status: 400, reason: 'the request ended in the middle' },
  HEAD_TIMEOUT: { status: 408, reason: 'the request head did not arrive in time', limit: 'headTimeoutMs' },
  BODY_TIMEOUT: { status: 408, reason: 'the request body did not arrive in time', limit: 'bodyTimeoutMs' },
  BODY_TOO_SLOW: { status: 408, reason: 'the request body arrives too slowly', limit: 'minBodyRate' },
  ANSWER_NOT_TAKEN: { status: 0, reason: 'the client took nothing of it in time', limit: 'writeTimeoutMs' },
  ANSWER_TAKEN_TOO_SLOWLY: { status: 0, reason: 'the client took it too slowly', limit: 'minWriteRate' },
  TOO_MANY_CONNECTIONS: { status: 503, reason: 'too many clients are connected', limit: 'maxConnections' },
  TOO_MANY_CONNECTIONS_OF_ADDRESS: {
    status: 503,
    reason: 'too many connections come from this address',
    limit: 'maxConnectionsPerAddress',
  },
  PROXY_HEADER_MISSING: { status: 400, reason: 'the connection does not begin with a PROXY protocol header' },
  PROXY_HEADER_MALFORMED: { status: 400, reason: 'the PROXY protocol header is malformed' },
  FORWARDED_MALFORMED: { status: 400, reason: 'what the proxy says of the client is malformed' },
  FORWARDED_AMBIGUOUS: {
    status: 400,
    reason: 'Forwarded and the X-Forwarded fields say different things of the client',
  },
} as const satisfies Record<string, ViolationSpec>

export type ViolationCode = keyof typeof VIOLATIONS

export function violationSpec(code: ViolationCode): ViolationSpec {
  return VIOLATIONS[code]
}
