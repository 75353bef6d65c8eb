// What single variables of CGI mean (RFC 3875 §4.1), whichever way they come: in the environment of a process, or by one of the protocols
// that web servers speak. Its twin is python/gantry_worker/cgi_environ.py.

/** These have keys of their own, or speak of the client's connection; HTTP_PROXY would be taken for a setting ("httpoxy", CVE-2016-5385). */
export const DROPPED_FIELDS: ReadonlySet<string> = new Set([
  'HTTP_CONTENT_LENGTH',
  'HTTP_CONTENT_TYPE',
  'HTTP_PROXY',
  'HTTP_TRANSFER_ENCODING',
])

const LENGTH = /^[0-9]{1,15}$/

/** Whether a CONTENT_LENGTH is a number of bytes. */
export const isLength = (text: string): boolean => LENGTH.test(text)

/** Whether HTTPS says that the client spoke TLS. */
export const isSecure = (https: string | undefined): boolean =>
  https !== undefined && (https === 'on' || https === '1' || https.toLowerCase() === 'on')

/** SERVER_PORT where it is not said. */
export const defaultPort = (isTls: boolean): string => (isTls ? '443' : '80')
