// Where our codec and llhttp's strict mode differ on purpose. A refusal of ours that llhttp does not share must fit a row here, by its
// code and by what the request looks like; anything else that the fuzzer finds is a mistake in one of the two.

import { isIPv6 } from 'node:net'
import type { ViolationCode } from '../../src/http/violation.ts'
import { isForeignMethod } from './node-http-reader.ts'
import type { SeenRequest } from './reading.ts'

/** A request that one reader refused and the other did not. */
export interface Disputed {
  /** The received bytes from where the request begins, one character a byte. */
  readonly text: string
  /** What the reader that did not refuse it made of it, as far as it came. */
  readonly seen: SeenRequest | undefined
}

export interface Difference {
  readonly name: string
  /** Our violation; for those that llhttp alone refuses, its error. */
  readonly code: string
  readonly applies: (disputed: Disputed) => boolean
  readonly reason: string
}

type Stricter = Difference & { readonly code: ViolationCode }

type Field = readonly [name: string, value: string]

/** The request line of the disputed request, by simpler means than those on trial. */
function requestLineOf({ text }: Disputed): string {
  return /^[\r\n]*([^\r\n]*)/.exec(text)![1]!
}

function targetOf(disputed: Disputed): string {
  return /^\S+ (\S+) /.exec(requestLineOf(disputed))?.[1] ?? ''
}

function fieldsOf({ text }: Disputed): Field[] {
  const head = text.replace(/^[\r\n]*/, '').split('\r\n\r\n')[0]!
  return head
    .split('\r\n')
    .slice(1)
    .map((line) => /^([^:]*):[ \t]*(.*?)[ \t]*$/.exec(line))
    .filter((match) => match !== null)
    .map(([, name = '', value = '']) => [name.toLowerCase(), value])
}

function valuesOf(disputed: Disputed, name: string): string[] {
  return fieldsOf(disputed)
    .filter((field) => field[0] === name)
    .map(([, value]) => value)
}

const AUTHORITY = /^(?:\[(.*)\]|[\w.~!$&'()*+;=-]+)(?::\d*)?$/i
const CHUNK_LINE = /^[\da-f]+(;[!#-'*+.^-z|~\w-]+(=([!#-'*+.^-z|~\w-]+|"([^"\\]|\\.)*"))?)*$/i
const TARGET = /^(\/|https?:\/\/[^/?@]+([/?]|$))[^#"<>]*$/i

function isAuthority(text: string): boolean {
  const match = AUTHORITY.exec(text)
  return (
    match !== null &&
    (match[1] === undefined || (isIPv6(match[1]) && !match[1].includes('%'))) &&
    Number(/:(\d*)$/.exec(text)?.[1] ?? 0) < 65_536
  )
}

/** We refuse, llhttp does not. */
export const STRICTER: readonly Stricter[] = [
  {
    name: 'more than four empty lines before a request',
    code: 'EMPTY_LINES',
    applies: ({ text }) => text.startsWith('\r\n'.repeat(5)),
    reason: 'one is to be ignored, an endless row of them keeps a server busy (RFC 9112 §2.2)',
  },
  {
    name: 'a bare CR before a request',
    code: 'LINE_END',
    applies: ({ text }) => /^(\r\n)*\r[^\n]/.test(text),
    reason: 'a bare CR is invalid wherever it stands (RFC 9112 §2.2)',
  },
  {
    name: 'a bare LF before a request',
    code: 'REQUEST_LINE_MALFORMED',
    applies: ({ text }) => /^(\r\n)*\n/.test(text),
    reason: 'only CRLF is an empty line that may be ignored (RFC 9112 §2.2)',
  },
  {
    name: 'a request line without a version',
    code: 'REQUEST_LINE_MALFORMED',
    applies: (disputed) => /^\S+ +\S*$/.test(requestLineOf(disputed)),
    reason: 'HTTP/0.9 has no fields and no framing (RFC 9112 §3)',
  },
  {
    name: 'a request line without a version that ends with a bare LF',
    code: 'LINE_END',
    applies: ({ text }) => /^[\r\n]*\S+ +\S*\n/.test(text),
    reason: 'HTTP/0.9 has no fields and no framing (RFC 9112 §3)',
  },
  {
    name: 'several spaces in the request line',
    code: 'REQUEST_LINE_MALFORMED',
    applies: (disputed) => requestLineOf(disputed).includes('  '),
    reason: 'there is exactly one before and one behind the target (RFC 9112 §3)',
  },
  {
    name: 'other protocols',
    code: 'REQUEST_LINE_MALFORMED',
    applies: (disputed) => / (ICE|RTSP)\/\d\.\d$/.test(requestLineOf(disputed)),
    reason: 'the name of the protocol is HTTP (RFC 9112 §2.3)',
  },
  {
    name: 'other versions',
    code: 'VERSION_UNSUPPORTED',
    applies: (disputed) => / HTTP\/(0\.9|2\.0)$/.test(requestLineOf(disputed)),
    reason: 'their messages are framed otherwise (RFC 9112 §2.3, RFC 9110 §15.6.6)',
  },
  {
    name: 'CONNECT',
    code: 'METHOD_CONNECT',
    applies: (disputed) => requestLineOf(disputed).startsWith('CONNECT '),
    reason: 'nothing here opens tunnels (RFC 9110 §9.3.6)',
  },
  {
    name: 'targets of no form that the method may have',
    code: 'TARGET_MALFORMED',
    applies: (disputed) => {
      const target = targetOf(disputed)
      const authority = /^https?:\/\/([^/?]*)/i.exec(target)?.[1]
      return !TARGET.test(target) || (authority !== undefined && !isAuthority(authority))
    },
    reason: 'origin-form, http or https without user information, * for OPTIONS; no fragment (RFC 9112 §3.2)',
  },
  {
    name: 'percent-encoding in a path that is broken or stands for NUL',
    code: 'TARGET_ENCODING',
    applies: (disputed) => /^[^?]*%(?![\da-f]{2})|^[^?]*%00/i.test(targetOf(disputed)),
    reason: 'who decodes it leniently sees another path (RFC 3986 §2.1, §7.3)',
  },
  {
    name: 'Host that is no host',
    code: 'HOST_MALFORMED',
    applies: (disputed) => valuesOf(disputed, 'host').some((value) => value !== '' && !isAuthority(value)),
    reason: 'the server must answer 400 (RFC 9112 §3.2)',
  },
  {
    name: 'Host or Content-Type twice',
    code: 'FIELD_REPEATED',
    applies: (disputed) => ['host', 'content-type'].some((name) => valuesOf(disputed, name).length > 1),
    reason: 'two readers may each believe another one (RFC 9112 §3.2, RFC 9110 §8.3)',
  },
  {
    name: 'other expectations in HTTP/1.0',
    code: 'EXPECTATION_UNKNOWN',
    applies: (disputed) => valuesOf(disputed, 'expect').some((value) => !/^100-continue$/i.test(value)),
    reason: 'an expectation that is not met is answered 417 (RFC 9110 §10.1.1)',
  },
  {
    name: 'other codings than chunked',
    code: 'TRANSFER_ENCODING_UNSUPPORTED',
    applies: (disputed) => valuesOf(disputed, 'transfer-encoding').some((value) => !/^chunked$/i.test(value)),
    reason: 'a coding that is not understood is answered 501 (RFC 9112 §6.1)',
  },
  {
    name: 'Transfer-Encoding that is no list of codings, or in HTTP/1.0',
    code: 'TRANSFER_ENCODING_MALFORMED',
    applies: (disputed) =>
      valuesOf(disputed, 'transfer-encoding').some((value) => !/^[\w ,-]+$/.test(value)) ||
      requestLineOf(disputed).endsWith(' HTTP/1.0'),
    reason: 'such framing is faulty, and a proxy before us may have ignored it (RFC 9112 §6.1)',
  },
  {
    name: 'a tab before Transfer-Encoding',
    code: 'TRANSFER_ENCODING_MALFORMED',
    applies: ({ text }) => /^transfer-encoding:[^\r]*\t/im.test(text),
    reason: 'legal white space that not everybody trims (RFC 9112 §5)',
  },
  {
    name: 'a tab before Content-Length',
    code: 'CONTENT_LENGTH_MALFORMED',
    applies: ({ text }) => /^content-length:[^\r]*\t/im.test(text),
    reason: 'legal white space that not everybody trims (RFC 9112 §5)',
  },
  {
    name: 'chunk sizes with more than 16 leading zeros',
    code: 'CHUNK_MALFORMED',
    applies: ({ text }) => /^0{17}/m.test(text),
    reason: 'an endless row of them keeps a server busy (RFC 9112 §7.1)',
  },
  {
    name: 'chunk extensions against the grammar',
    code: 'CHUNK_MALFORMED',
    applies: ({ text }) =>
      text.split('\r\n').some((line) => /^[\da-f]+;/i.test(line) && !CHUNK_LINE.test(line)),
    reason: 'parsers part ways over where such an extension ends (RFC 9112 §7.1.1)',
  },
  {
    name: 'trailers that would steer message or connection',
    code: 'TRAILER_FORBIDDEN',
    applies: ({ text }) =>
      /^0+[^\r]*\r\n([^\r]+\r\n)*(content-length|transfer-encoding|connection):/im.test(text),
    reason:
      'they never do (RFC 9110 §6.5.1); llhttp obeys a Connection there, and lets an empty Transfer-Encoding pass',
  },
  {
    name: 'bodies beyond 2^53 bytes',
    code: 'BODY_TOO_LARGE',
    applies: (disputed) =>
      valuesOf(disputed, 'content-length').some((value) => Number(value) > Number.MAX_SAFE_INTEGER) ||
      /^0*[1-9a-f][\da-f]{13}/im.test(disputed.text),
    reason: 'no limit allows that much (RFC 9110 §15.5.14)',
  },
]

/** llhttp refuses, we do not. */
export const LOOSER: readonly Difference[] = [
  {
    name: 'methods that llhttp does not know',
    code: 'HPE_INVALID_METHOD',
    applies: ({ seen }) =>
      seen !== undefined && /^[A-Z_-]+$/.test(seen.method) && isForeignMethod(seen.method),
    reason:
      'llhttp has a closed list; here the application says which methods it serves (RFC 9110 §9.1, §16.1)',
  },
  {
    name: 'keep-alive in HTTP/1.0 with a tab behind it',
    code: 'CLOSE',
    applies: ({ seen }) =>
      seen?.version === '1.0' && seen.fields.some((text) => /(^|[, ])keep-alive($|[, \t])/i.test(text)),
    reason: 'white space round a value is not part of it (RFC 9112 §5); llhttp misses the option and closes',
  },
]
