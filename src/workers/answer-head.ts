// The head of a worker's answer as strings, for middleware.

import type { Header } from '../wsgi/header.ts'
import type { ResponseHead } from '../wsgi/response-head.ts'

/** Status and headers as for `startResponse`. */
interface HeadStrings {
  readonly status: string
  readonly headers: Header[]
}

interface KnownHead {
  readonly status: number
  readonly block: Uint8Array
  readonly strings: HeadStrings
}

// Applications send the same few heads again and again; bounded, as what is sent may come from a client.
const PLACES = 256
const MAX_KNOWN_BYTES = 1024
const FNV_PRIME = 0x01000193
/** Each head has one place, which another one with the same may take over. */
const known: (KnownHead | undefined)[] = new Array<undefined>(PLACES).fill(undefined)
/** The head that came last to each place: one that comes once, as with a cookie in it, is not worth keeping. */
const lastMarks = new Int32Array(PLACES)

/** Reads a head; the list and its pairs are the caller's own. */
export function readHead(head: ResponseHead): HeadStrings {
  const mark = markOf(head)
  const place = (mark ^ (mark >>> 16)) & (PLACES - 1)
  const kept = known[place]
  if (kept !== undefined && isSame(kept, head)) return copyOf(kept.strings)
  const block = Buffer.from(head.bytes.subarray(head.blockStart, head.blockEnd))
  const strings = decode(head.status, block)
  if (lastMarks[place] === mark && block.length <= MAX_KNOWN_BYTES)
    known[place] = { status: head.status, block, strings }
  lastMarks[place] = mark
  return copyOf(strings)
}

/** A number that equal heads have in common, and others hardly ever. */
function markOf({ status, bytes, blockStart, blockEnd }: ResponseHead): number {
  let mark = status
  for (let i = blockStart; i < blockEnd; i++) mark = Math.imul(mark ^ bytes[i]!, FNV_PRIME)
  return mark
}

function isSame(one: KnownHead, { status, bytes, blockStart, blockEnd }: ResponseHead): boolean {
  const { block } = one
  if (one.status !== status || block.length !== blockEnd - blockStart) return false
  for (let i = 0; i < block.length; i++) {
    if (block[i] !== bytes[blockStart + i]) return false
  }
  return true
}

function decode(status: number, block: Buffer): HeadStrings {
  const [reason = '', ...pairs] = block.toString('latin1').split('\0')
  const headers: Header[] = []
  for (let i = 0; i + 1 < pairs.length; i += 2) headers.push([pairs[i]!, pairs[i + 1]!])
  return { status: `${status} ${reason}`, headers }
}

function copyOf({ status, headers }: HeadStrings): HeadStrings {
  return { status, headers: headers.map(([name, value]) => [name, value]) }
}
