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
})
