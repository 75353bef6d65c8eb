// The environ of one connection's requests, in two parts: what this request shares with the one before, and what is its own. A client
// sends the same fields again and again, so they are encoded once, and a worker that has seen the same bytes parses them once.

import { type Forwarded, readForwarded } from '../../http/forwarded.ts'
import type { RequestHead } from '../../http/request-head.ts'
import type { ViolationCode } from '../../http/violation.ts'
import { encodePairs } from '../../wsgi/environ-block.ts'
import type { EnvironWriter } from '../gateway-exchange.ts'
import { httpEnvironBytes, writeFieldPairs, writeRequestLine } from './http-environ.ts'
import type { EnvironSettings, FieldSender } from './http-environ.ts'

// Longer ones are not remembered: an idle connection must stay small.
const MAX_REMEMBERED_BYTES = 2048
const EMPTY = Buffer.alloc(0)

/** Who is at the other end of a connection, and under which name and port it reached us. */
export interface Peer extends FieldSender {
  readonly serverName: string
  readonly serverPort: string
  readonly remotePort: string
  readonly scheme: 'http' | 'https'
}

/** Call `take` for each request, in their order and first of all; the rest speaks of the request taken last. */
export class ConnectionEnviron implements EnvironWriter<RequestHead> {
  /** The shared environ block. */
  shared: Buffer
  /** The client, as trusted proxies name it. */
  clientAddress: string

  readonly #peer: Peer
  readonly #settings: EnvironSettings
  readonly #peerPairs: Buffer
  /** What trusted proxies say of the client: pairs that stand behind all others, and so win (protocol/link.md). */
  #forwardedPairs: Buffer = EMPTY
  /** The field lines of the request before, as they came. */
  #fieldLines: Buffer = EMPTY
  #fieldLinesLength = 0
  #minorVersion = 1
  /** The peer's pairs, and those of `#fieldLines` with what was forwarded; made when they come a second time. */
  #pairsWithFields: Buffer | undefined

  constructor(peer: Peer, settings: EnvironSettings) {
    this.#peer = peer
    this.#settings = settings
    this.#peerPairs = encodePairs({
      SERVER_NAME: peer.serverName,
      SERVER_PORT: peer.serverPort,
      SERVER_SOFTWARE: settings.serverSoftware,
      SCRIPT_NAME: settings.scriptName,
      REMOTE_ADDR: peer.remoteAddress,
      REMOTE_PORT: peer.remotePort,
      'wsgi.url_scheme': peer.scheme,
      ...(peer.scheme === 'https' ? { HTTPS: 'on' } : {}),
    })
    this.shared = this.#peerPairs
    this.clientAddress = peer.remoteAddress
  }

  /** Takes a request; says what is wrong with what a trusted proxy says of its client. */
  take(head: RequestHead): ViolationCode | undefined {
    if (this.#isRemembered(head)) {
      this.shared = this.#pairsWithFields ??= this.#encodeWithFields(head)
      return undefined
    }
    this.shared = this.#peerPairs
    this.#remember(head)
    return this.#peer.isTrusted ? this.#takeForwarded(head) : undefined
  }

  /** No more bytes than this are written by `writeOwn`. */
  ownBytes(head: RequestHead): number {
    return httpEnvironBytes(head) + this.#forwardedPairs.length
  }

  /**
   * Writes the environ block that `shared`, what it was for this request, leaves over. `bodyBytes` is -1 for a body whose length nobody
   * knows yet. Returns where it ends.
   */
  writeOwn(target: Buffer, start: number, head: RequestHead, bodyBytes: number, shared: Buffer): number {
    const end = writeRequestLine(target, start, head, bodyBytes, this.#settings.mount)
    return shared === this.#peerPairs ? this.#writeFields(target, end, head) : end
  }

  #writeFields(target: Buffer, start: number, head: RequestHead): number {
    const end = writeFieldPairs(target, start, head, this.#peer, this.#settings)
    return end + this.#forwardedPairs.copy(target, end)
  }

  #takeForwarded(head: RequestHead): ViolationCode | undefined {
    this.clientAddress = this.#peer.remoteAddress
    this.#forwardedPairs = EMPTY
    const forwarded = readForwarded(head, this.#settings.trusts)
    if (forwarded === undefined) return undefined
    if (typeof forwarded === 'string') {
      this.#forget()
      return forwarded
    }
    this.clientAddress = forwarded.client?.address ?? this.#peer.remoteAddress
    this.#forwardedPairs = encodeForwarded(forwarded, this.#peer, this.#settings.scriptName)
    return undefined
  }

  #isRemembered(head: RequestHead): boolean {
    if (this.#fieldLinesLength === 0 || head.minorVersion !== this.#minorVersion || !isShareable(head))
      return false
    const { bytes } = head
    const start = head.nameStart(0)
    const length = head.valueEnd(head.fieldCount - 1) - start
    if (length !== this.#fieldLinesLength) return false
    const remembered = this.#fieldLines
    for (let i = 0; i < length; i++) {
      if (bytes[start + i] !== remembered[i]) return false
    }
    return true
  }

  #remember(head: RequestHead): void {
    this.#forget()
    if (!isShareable(head)) return
    const start = head.nameStart(0)
    const end = head.valueEnd(head.fieldCount - 1)
    const length = end - start
    if (length > MAX_REMEMBERED_BYTES) return
    this.#minorVersion = head.minorVersion
    this.#fieldLinesLength = length
    if (this.#fieldLines.length < length) this.#fieldLines = Buffer.allocUnsafe(length)
    head.bytes.copy(this.#fieldLines, 0, start, end)
  }

  #forget(): void {
    this.#pairsWithFields = undefined
    this.#fieldLinesLength = 0
  }

  #encodeWithFields(head: RequestHead): Buffer {
    const room = Buffer.allocUnsafe(this.ownBytes(head))
    const fields = room.subarray(0, this.#writeFields(room, 0, head))
    return Buffer.concat([this.#peerPairs, fields])
  }
}

/** Whether the field lines say all there is: a target in absolute form brings a host of its own, which is no field. */
function isShareable(head: RequestHead): boolean {
  const { fieldCount, hostField } = head
  return fieldCount > 0 && hostField !== -1 && head.hostStart === head.valueStart(hostField)
}

/** By hand, as it is done for each request of a proxy's clients. */
function encodeForwarded(forwarded: Forwarded, peer: Peer, scriptName: string): Buffer {
  const { client, scheme, host, serverPort, prefix } = forwarded
  let pairs = ''
  if (client !== undefined) pairs += pair('REMOTE_ADDR', client.address) + pair('REMOTE_PORT', client.port)
  if (scheme !== undefined && scheme !== peer.scheme)
    pairs += pair('wsgi.url_scheme', scheme) + pair('HTTPS', scheme === 'https' ? 'on' : 'off')
  if (host !== undefined) pairs += pair('HTTP_HOST', host)
  if (serverPort !== undefined) pairs += pair('SERVER_PORT', serverPort)
  if (prefix !== '') pairs += pair('SCRIPT_NAME', prefix + scriptName)
  return Buffer.from(pairs, 'latin1')
}

function pair(key: string, value: string): string {
  return `${key}\0${value}\0`
}
