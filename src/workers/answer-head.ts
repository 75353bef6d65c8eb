// The head of a worker's answer as strings, for middleware.

import type { Header } from '../wsgi/header.ts'
import type { ResponseHead } from '../wsgi/response-head.ts'

interface HeadStrings {
  readonly status: string
  readonly headers: readonly (readonly [string, string])[]
}

// Applications send the same few heads again and again; bounded, as what is sent may come from a client.
const MAX_CACHED = 256
const MAX_CACHED_BYTES = 1024
const known = new Map<string, HeadStrings>()

/** Status and headers as for `startResponse`; the list and its pairs are the caller's own. */
export function readHead({ status, bytes, blockStart, blockEnd }: ResponseHead): {
  status: string
  headers: Header[]
} {
  const block = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = block.toString('latin1', blockStart, blockEnd)
  const head = known.get(`${status}${text}`) ?? remember(status, text)
  return { status: head.status, headers: head.headers.map(([name, value]) => [name, value]) }
}

function remember(status: number, text: string): HeadStrings {
  const [reason = '', ...strings] = text.split('\0')
  const headers: Header[] = []
  for (let i = 0; i + 1 < strings.length; i += 2) headers.push([strings[i]!, strings[i + 1]!])
  const head = { status: `${status} ${reason}`, headers }
  if (text.length <= MAX_CACHED_BYTES) {
    if (known.size >= MAX_CACHED) known.clear()
    known.set(`${status}${text}`, head)
  }
  return head
}
