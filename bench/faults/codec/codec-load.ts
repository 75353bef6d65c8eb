// Requests as they come to a parser, each whole in one read: those that most requests are like.

export interface CodecLoad {
  readonly name: string
  readonly bytes: Buffer
  /** What reading it gives. */
  readonly events: readonly string[]
}

const BODY_BYTES = 10_240
const CHUNK_BYTES = 1024

const BROWSER_FIELDS = [
  'Host: www.example.com',
  'Connection: keep-alive',
  'Cache-Control: max-age=0',
  'sec-ch-ua: "Chromium";v="130", "Not?A_Brand";v="99"',
  'sec-ch-ua-mobile: ?0',
  'Upgrade-Insecure-Requests: 1',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'Sec-Fetch-Mode: navigate',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.8',
  'Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; seen=1730212345',
]
const CHUNKS = `${CHUNK_BYTES.toString(16)}\r\n${'x'.repeat(CHUNK_BYTES)}\r\n`.repeat(
  BODY_BYTES / CHUNK_BYTES,
)

export const CODEC_LOADS: readonly CodecLoad[] = [
  {
    name: 'GET as from wrk',
    bytes: Buffer.from('GET /1k HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n'),
    events: ['head'],
  },
  {
    name: 'GET as from a browser, 12 fields',
    bytes: Buffer.from(`GET /shop/items?page=2 HTTP/1.1\r\n${BROWSER_FIELDS.join('\r\n')}\r\n\r\n`),
    events: ['head'],
  },
  {
    name: 'POST of 10 KiB with its length',
    bytes: Buffer.from(
      `POST /echo HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nContent-Type: text/plain\r\nContent-Length: ${BODY_BYTES}\r\n\r\n${'x'.repeat(BODY_BYTES)}`,
    ),
    events: ['head', 'body', 'end'],
  },
  {
    name: 'POST of 10 KiB in 10 chunks',
    bytes: Buffer.from(
      `POST /echo HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}0\r\n\r\n`,
    ),
    events: ['head', ...Array.from({ length: BODY_BYTES / CHUNK_BYTES }, () => 'body'), 'end'],
  },
]
