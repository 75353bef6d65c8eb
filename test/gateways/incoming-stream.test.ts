import { describe, expect, test } from 'vitest'
import { IncomingStream } from '../../src/gateways/incoming-stream.ts'

function streamAndFeeder() {
  const told: string[] = []
  const stream = new IncomingStream({
    wanted: () => told.push('wanted'),
    drained: () => told.push('drained'),
  })
  return { stream, told }
}

describe('a body that is read while it arrives', () => {
  test('gives what is there, no more than asked for, and its end at last', () => {
    const { stream, told } = streamAndFeeder()
    stream.push(Buffer.from('hello'))
    stream.push(Buffer.from(' world'))
    stream.finish()
    expect(String(stream.take(3))).toBe('hel')
    expect(String(stream.take(100))).toBe('lo world')
    expect(stream.take(100)).toBe('end')
    expect(stream.take(100)).toBe('end')
    expect(told).toEqual([])
  })

  test('asks for data when none is there, and tells the reader once when some is', () => {
    const { stream, told } = streamAndFeeder()
    let arrivals = 0
    expect(stream.take(10)).toBeUndefined()
    stream.onArrival = () => arrivals++
    expect(told).toEqual(['wanted'])
    expect(stream.isWanted).toBe(true)
    stream.push(Buffer.from('a'))
    stream.push(Buffer.from('b'))
    expect(arrivals).toBe(1)
    expect(stream.isWanted).toBe(false)
  })

  test('tells the reader that waits of the end', () => {
    const { stream } = streamAndFeeder()
    let taken: unknown
    stream.take(10)
    stream.onArrival = () => (taken = stream.take(10))
    stream.finish()
    expect(taken).toBe('end')
  })

  test('takes no more than a read or so ahead of the reader', () => {
    const { stream, told } = streamAndFeeder()
    expect(stream.push(Buffer.alloc(60_000))).toBe(true)
    expect(stream.push(Buffer.alloc(60_000))).toBe(false)
    stream.take(100_000)
    expect(told).toEqual([])
    stream.take(20_000)
    expect(told).toEqual(['drained'])
  })

  test('keeps no memory of its own for each of many small pieces, nor what they came in', () => {
    const { stream } = streamAndFeeder()
    const received = Buffer.from('abcdef')
    for (let at = 0; at < received.length; at++) stream.push(received.subarray(at, at + 1))
    // What is copied does not change any more.
    received.fill('x', 1)
    expect(String(stream.take(100))).toBe('abcdef')
  })

  test('gives every byte once and in order, however pieces and takes fall', () => {
    const { stream } = streamAndFeeder()
    const sent = Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * 7) % 251))
    const taken: Buffer[] = []
    let at = 0
    for (let step = 0; at < sent.length; step++) {
      for (let piece = 0; piece <= step % 5; piece++) {
        const end = Math.min(at + 1 + ((step * 31 + piece * 17) % 700), sent.length)
        if (end > at) stream.push(sent.subarray(at, end))
        at = end
      }
      const some = stream.take(1 + ((step * 13) % 900))
      if (some instanceof Uint8Array) taken.push(Buffer.from(some.buffer, some.byteOffset, some.length))
    }
    stream.finish()
    for (let some = stream.take(999); some instanceof Uint8Array; some = stream.take(999))
      taken.push(Buffer.from(some.buffer, some.byteOffset, some.length))
    expect(Buffer.concat(taken).equals(sent)).toBe(true)
  })
})
