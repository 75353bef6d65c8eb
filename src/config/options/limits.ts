// How much a client, or all of them, may ask for.
import { single } from '../option.ts'
import { count, size } from '../value-types.ts'

// The environ of a request is sent to a worker in one frame of at most 16 MiB; a head of 1 MiB leaves ample room for it.
const LARGEST_HEAD_BYTES = 1_048_576

export const LIMITS = {
  maxRequestLineBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    aliases: ['--limit-request-line'],
    type: size(64, LARGEST_HEAD_BYTES),
    default: '8KiB',
    help: 'The longest request line. A longer one is answered 414 and the connection closed.',
    since: '0.1.0',
  }),
  maxHeaderBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    aliases: ['--limit-request-field_size'],
    type: size(64, LARGEST_HEAD_BYTES),
    default: '16KiB',
    help: 'The longest single header field, its whole line. A longer one is answered 431 and the connection closed.',
    since: '0.1.0',
  }),
  maxHeadBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    type: size(64, LARGEST_HEAD_BYTES),
    default: '64KiB',
    help: 'The longest request head: the request line and all header fields. A longer one is answered 431 and the connection closed.',
    since: '0.1.0',
  }),
  maxHeaders: single({
    group: 'Limits',
    metavariable: 'NUMBER',
    aliases: ['--limit-request-fields'],
    type: count(1, 10_000),
    default: '100',
    help: 'The most header fields of a request. More are answered 431 and the connection closed.',
    since: '0.1.0',
  }),
  maxTrailerBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    type: size(64, LARGEST_HEAD_BYTES),
    default: '16KiB',
    help: 'The trailer fields of a chunked body, all together. More are answered 431 and the connection closed.',
    since: '0.1.0',
  }),
  maxChunkExtensionBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    type: size(0, LARGEST_HEAD_BYTES),
    default: '16KiB',
    help: 'The chunk extensions of a body, all together. More are answered 400 and the connection closed.',
    since: '0.1.0',
  }),
  maxBodyBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    type: size(0),
    default: '1GiB',
    help: 'The largest request body. A larger one is answered 413 as soon as that is known and the connection closed.',
    since: '0.1.0',
    isCommon: true,
  }),
  queueSize: single({
    group: 'Limits',
    metavariable: 'NUMBER',
    type: count(1, 1_000_000),
    default: '1024',
    help: 'How many requests may wait for a free thread. One more is answered 503 with Retry-After; the connection is kept.',
    since: '0.1.0',
  }),
  maxPipelinedBytes: single({
    group: 'Limits',
    metavariable: 'SIZE',
    type: size(1024),
    default: '64KiB',
    help: 'How much of further requests of a connection may wait behind the one being answered. Beyond it the client is not read until its turn comes; nothing is refused.',
    since: '0.1.0',
  }),
  maxRequestsPerConnection: single({
    group: 'Limits',
    metavariable: 'NUMBER',
    type: count(0, 1_000_000_000),
    default: '10000',
    help: 'How many requests one connection may bring. The last is answered with Connection: close. 0 means any number.',
    since: '0.1.0',
  }),
  maxConnections: single({
    group: 'Limits',
    metavariable: 'NUMBER',
    type: count(1, 1_000_000),
    default: '16384',
    help: 'How many clients may be connected at a time. One more is answered 503 with Retry-After and the connection closed.',
    since: '0.1.0',
  }),
  maxConnectionsPerAddress: single({
    group: 'Limits',
    metavariable: 'NUMBER',
    type: count(0, 1_000_000),
    default: '4096',
    help: 'How many of them may come from one address (one /64 network of IPv6), trusted proxies excepted. One more is answered 503 with Retry-After and the connection closed. 0 means any number.',
    since: '0.1.0',
  }),
}
