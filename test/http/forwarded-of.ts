// What is read of field lines that come from a trusted proxy; trusted are all of 10.0.0.0/8.

import { readForwarded } from '../../src/http/forwarded.ts'
import { RequestParser } from '../../src/http/request-parser.ts'

const LIMITS = {
  maxRequestLineBytes: 8192,
  maxHeaderBytes: 1_048_576,
  maxHeadBytes: 1_048_576,
  maxHeaders: 100,
  maxTrailerBytes: 16_384,
  maxChunkExtensionBytes: 16_384,
  maxBodyBytes: 1_073_741_824,
}

export function isTrusted(address: string): boolean {
  return address.startsWith('10.')
}

export function forwardedOf(...fields: readonly string[]): ReturnType<typeof readForwarded> {
  const parser = new RequestParser(LIMITS)
  const lines = ['GET / HTTP/1.1', 'Host: a.test', ...fields]
  parser.receive(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'))
  if (parser.next() !== 'head') throw new Error(`no head: ${JSON.stringify(fields)}`)
  return readForwarded(parser.head, isTrusted)
}

/** Everything that can be said, what is not in `parts` being left unsaid. */
export function said(parts: object): object {
  const unsaid = { client: undefined, scheme: undefined, host: undefined, serverPort: undefined, prefix: '' }
  return { ...unsaid, ...parts }
}
