import { describe, expect, test } from 'vitest'
import {
  CHUNK_PREFIX_BYTES,
  CHUNK_SUFFIX,
  LAST_CHUNK,
  ResponseEncoder,
  encodeChunkPrefix,
} from '../../src/http/response-encoder.ts'
import type { ResponseHeadOptions } from '../../src/http/response-encoder.ts'
import type { ResponseHead } from '../../src/wsgi/response-head.ts'

const DATE = 'Sun, 06 Nov 1994 08:49:37 GMT'
const options: ResponseHeadOptions = {
  framing: 'length',
  addedLength: 5,
  isHttp10: false,
  keepAlive: true,
  nowMs: 784_111_777_123,
}

/** A head whose block stands in the middle of other bytes, as it does in a frame. */
function head(strings: readonly string[], parts: Partial<ResponseHead> = {}): ResponseHead {
  const block = Buffer.from(strings.map((string) => `${string}\0`).join(''), 'latin1')
  return {
    status: 200,
    hasDate: false,
    hasServer: false,
    contentLength: -1,
    bytes: Buffer.concat([Buffer.from('xx'), block, Buffer.from('yy')]),
    blockStart: 2,
    blockEnd: 2 + block.length,
    ...parts,
  }
}

interface Changes extends Partial<ResponseHeadOptions> {
  readonly server?: string
}

/** Encodes behind bytes that must stay as they are, into exactly the room that was asked for. */
function encode(given: ResponseHead, { server = 'gantry', ...changes }: Changes = {}): string {
  const encoder = new ResponseEncoder(server)
  const target = Buffer.alloc(3 + encoder.headBytes(given), '#')
  const end = encoder.encodeHead(target, 3, given, { ...options, ...changes })
  expect(end).toBeLessThanOrEqual(target.length)
  expect(target.toString('latin1', 0, 3)).toBe('###')
  return target.toString('latin1', 3, end)
}

describe('ResponseEncoder', () => {
  test('writes status line, fields in their order, and an empty line (RFC 9112 §4)', () => {
    expect(encode(head(['OK', 'X-B', '1', 'X-A', 'a\xe9: b']))).toBe(
      `HTTP/1.1 200 OK\r\nX-B: 1\r\nX-A: a\xe9: b\r\nDate: ${DATE}\r\nServer: gantry\r\nContent-Length: 5\r\n\r\n`,
    )
  })

  test('keeps the space behind the status where there is no reason (RFC 9112 §4)', () => {
    expect(encode(head([''], { status: 299 }))).toMatch(/^HTTP\/1\.1 299 \r\n/)
  })

  test('writes an empty value', () => {
    expect(encode(head(['OK', 'X-A', '']))).toContain('\r\nX-A: \r\n')
  })

  test('adds Date and Server only if they are missing (W40)', () => {
    const given = head(['OK', 'date', 'x', 'SERVER', 'y'], { hasDate: true, hasServer: true })
    expect(encode(given)).toBe('HTTP/1.1 200 OK\r\ndate: x\r\nSERVER: y\r\nContent-Length: 5\r\n\r\n')
  })

  test('adds the one that is missing if the application gave the other (W40)', () => {
    expect(encode(head(['OK', 'Date', 'x'], { hasDate: true }))).toMatch(/^[^]*Date: x\r\nServer: gantry\r\n/)
    expect(encode(head(['OK', 'Server', 'y'], { hasServer: true }))).toContain(
      `Server: y\r\nDate: ${DATE}\r\n`,
    )
  })

  test('adds the Date of each answer, also a second later (W40)', () => {
    const encoder = new ResponseEncoder('gantry')
    const dates = [0, 876, 877, 0].map((laterMs) => {
      const target = Buffer.alloc(encoder.headBytes(head(['OK'])))
      const end = encoder.encodeHead(target, 0, head(['OK']), { ...options, nowMs: options.nowMs + laterMs })
      return /Date: .* (\d\d:\d\d:\d\d) GMT/.exec(target.toString('latin1', 0, end))?.[1]
    })
    expect(dates).toEqual(['08:49:37', '08:49:37', '08:49:38', '08:49:37'])
  })

  test('adds no Server field if it is switched off (W40)', () => {
    expect(encode(head(['OK']), { server: '' })).not.toContain('Server')
  })

  test('adds Content-Length only if the application gave none (W41, W42)', () => {
    const given = head(['OK', 'Content-Length', '7'], { contentLength: 7 })
    expect(encode(given).match(/Content-Length: \d+/g)).toEqual(['Content-Length: 7'])
    expect(encode(head(['OK']), { addedLength: 0 })).toContain('\r\nContent-Length: 0\r\n')
    expect(encode(head(['OK']), { addedLength: -1 })).not.toContain('Content-Length')
  })

  test('says that chunks come, and no length besides (RFC 9112 §6.2)', () => {
    const text = encode(head(['OK']), { framing: 'chunked', addedLength: 5 })
    expect(text).toContain('\r\nTransfer-Encoding: chunked\r\n')
    expect(text).not.toContain('Content-Length')
  })

  test('says that the connection closes (RFC 9112 §9.6)', () => {
    expect(encode(head(['OK']), { keepAlive: false })).toMatch(/\r\nConnection: close\r\n\r\n$/)
    expect(encode(head(['OK']), { keepAlive: false, isHttp10: true })).toMatch(
      /\r\nConnection: close\r\n\r\n$/,
    )
  })

  test('says that it is kept to HTTP/1.0 clients only (RFC 9112 §9.3)', () => {
    expect(encode(head(['OK']), { isHttp10: true })).toMatch(/\r\nConnection: keep-alive\r\n\r\n$/)
    expect(encode(head(['OK']))).not.toContain('Connection')
  })

  test('needs no more room than it asks for, whatever it adds', () => {
    const many = Array.from({ length: 300 }, (_, i) => [`N${i}`, '']).flat()
    for (const framing of ['length', 'chunked', 'close', 'none'] as const) {
      for (const isHttp10 of [true, false]) {
        for (const keepAlive of [true, false]) {
          for (const strings of [[''], ['OK'], ['', ...many]]) {
            const changes = {
              framing,
              isHttp10,
              keepAlive,
              addedLength: Number.MAX_SAFE_INTEGER,
              server: 's'.repeat(200),
            }
            expect(encode(head(strings, { status: 999 }), changes)).toMatch(/\r\n\r\n$/)
          }
        }
      }
    }
  })
})

describe('encodeChunkPrefix', () => {
  test.each([
    [1, '1'],
    [15, 'f'],
    [16, '10'],
    [0xabc, 'abc'],
    [0x100000, '100000'],
    [0xffffffff, 'ffffffff'],
  ])('writes %i as hexadecimal digits without leading zeros (RFC 9112 §7.1)', (size, digits) => {
    const target = Buffer.alloc(1 + CHUNK_PREFIX_BYTES)
    const end = encodeChunkPrefix(target, 1, size)
    expect(target.toString('latin1', 1, end)).toBe(`${digits}\r\n`)
  })

  test('goes with what ends a chunk and the last of them (RFC 9112 §7.1)', () => {
    expect([CHUNK_SUFFIX.toString(), LAST_CHUNK.toString()]).toEqual(['\r\n', '0\r\n\r\n'])
  })
})
