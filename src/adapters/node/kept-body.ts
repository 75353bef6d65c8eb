// A request body that somebody else has read: the bytes as they were kept, or made again of what a parser has left of them. Only what is
// sure to mean the same is made; for the rest the caller complains.

import type { IncomingMessage } from 'node:http'

export interface KeptBody {
  readonly bytes: Buffer
  /** What the environ must say of it; undefined: must not say. */
  readonly strings: Readonly<Record<string, string | undefined>>
}

interface ParsedRequest extends IncomingMessage {
  readonly rawBody?: unknown
  readonly body?: unknown
}

/** Undefined where the body cannot be had again. */
export function keptBody(request: ParsedRequest): KeptBody | undefined {
  const { rawBody, body } = request
  if (rawBody instanceof Uint8Array) return asKept(request, bufferOf(rawBody))
  if (typeof rawBody === 'string') return asKept(request, Buffer.from(rawBody))
  if (body instanceof Uint8Array) return asKept(request, bufferOf(body))
  const text = textOf(request, body)
  return text === undefined ? undefined : asText(request, text)
}

/** Parsers unpack a body with a Content-Encoding: then it is not as long as it was. */
function asKept({ headers }: IncomingMessage, bytes: Buffer): KeptBody {
  const isAsSent = headers['content-length'] === String(bytes.length)
  const encoding = isAsSent ? {} : { HTTP_CONTENT_ENCODING: undefined }
  return { bytes, strings: { CONTENT_LENGTH: String(bytes.length), ...encoding } }
}

/** Text is UTF-8 from now on, whatever it was. */
function asText({ headers }: IncomingMessage, text: string): KeptBody {
  const bytes = Buffer.from(text)
  const type = headers['content-type']?.replace(/(;\s*charset=)("[^"]*"|[^;\s]*)/i, '$1utf-8')
  return {
    bytes,
    strings: {
      CONTENT_LENGTH: String(bytes.length),
      HTTP_CONTENT_ENCODING: undefined,
      ...(type === undefined ? {} : { CONTENT_TYPE: type }),
    },
  }
}

function textOf({ headers }: IncomingMessage, body: unknown): string | undefined {
  const type = (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
  const sentBytes = Number(headers['content-length'] ?? -1)
  if (type === 'application/json' || type.endsWith('+json')) return jsonOf(body, sentBytes)
  if (typeof body === 'string') return body
  return type === 'application/x-www-form-urlencoded' ? formOf(body, sentBytes) : undefined
}

/** A string may be the document, unparsed, or its value: the quotes make the difference, and so the length. */
function jsonOf(body: unknown, sentBytes: number): string | undefined {
  if (typeof body === 'string' && Buffer.byteLength(body) === sentBytes) return body
  return body === undefined ? undefined : JSON.stringify(body)
}

/**
 * A form of which every field is text. A list `a` stands for `a=1&a=2`, but also for `a[]=1&a[]=2`, whose names some parsers shorten: so
 * a form with lists must come out as long as it was. What is nested has lost how its names were written.
 */
function formOf(body: unknown, sentBytes: number): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const form = new URLSearchParams()
  let hasLists = false
  for (const [name, value] of Object.entries(body as Readonly<Record<string, unknown>>)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    hasLists ||= Array.isArray(value) && !name.endsWith('[]')
    for (const each of values) {
      if (typeof each !== 'string') return undefined
      form.append(name, each)
    }
  }
  const text = form.toString()
  return hasLists && text.length !== sentBytes ? undefined : text
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
