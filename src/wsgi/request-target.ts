import type { Environ } from './environ.ts'

/** The request target of an environ that has none: the path percent-encoded again (RFC 3986 §3.3). */
export function requestTarget({
  SCRIPT_NAME = '',
  PATH_INFO = '',
  QUERY_STRING = '',
}: Partial<Environ>): string {
  const path = `${SCRIPT_NAME}${PATH_INFO}`.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/g, percentEncoded)
  return `${path || '/'}${QUERY_STRING === '' ? '' : `?${QUERY_STRING}`}`
}

const percentEncoded = (character: string): string =>
  `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
