import { describe, expect, test } from 'vitest'
import { WriteWatch, type WatchedSocket } from '../../src/gateways/write-watch.ts'
import { TimerWheel } from '../../src/gateways/timer-wheel.ts'

const SLOT_MS = 250
const PACE = { timeoutMs: 10_000, bytesPerSecond: 100 }

/** A socket whose client takes what the test says. */
class FakeSocket implements WatchedSocket {
  sentBytes = 0
  unsentBytes = 0

  write(bytes: number): void {
    this.unsentBytes += bytes
  }

  takePart(bytes: number): void {
    this.unsentBytes -= bytes
    this.sentBytes += bytes
  }

  takeAll(): void {
    this.takePart(this.unsentBytes)
  }
}

function watched() {
  const wheel = new TimerWheel(SLOT_MS, 100, 0)
  const socket = new FakeSocket()
  const ends: string[] = []
  const watch = new WriteWatch(wheel, socket, PACE, (code) => ends.push(code))
  const pass = (forMs: number): void => {
    for (const endMs = wheel.nowMs + forMs; wheel.nowMs < endMs; ) {
      wheel.advance(wheel.nowMs + SLOT_MS)
      while (wheel.lookAtSome(10));
    }
  }
  return { socket, watch, ends, pass }
}

describe('a client that is watched while it is sent something', () => {
  test('and takes nothing is ended once, after the timeout', () => {
    const { socket, watch, ends, pass } = watched()
    socket.write(100_000)
    watch.wrote()
    pass(9_500)
    expect(ends).toEqual([])
    pass(60_000)
    expect(ends).toEqual(['ANSWER_NOT_TAKEN'])
  })

  test('and takes next to nothing again and again is ended too', () => {
    const { socket, watch, ends, pass } = watched()
    socket.write(100_000)
    watch.wrote()
    for (let i = 0; i < 20; i++) {
      pass(1_000)
      socket.takePart(10)
    }
    expect(ends).toEqual(['ANSWER_TAKEN_TOO_SLOWLY'])
  })

  test('and keeps the rate within one large write, which is never done meanwhile, lives on', () => {
    const { socket, watch, ends, pass } = watched()
    socket.write(100_000)
    watch.wrote()
    for (let i = 0; i < 100; i++) {
      pass(1_000)
      socket.takePart(150)
    }
    expect(ends).toEqual([])
  })

  test('and took all is left alone, and has its whole time again with the next write', () => {
    const { socket, watch, ends, pass } = watched()
    socket.write(1_000)
    watch.wrote()
    pass(9_000)
    socket.takeAll()
    pass(60_000)
    socket.write(1_000)
    watch.wrote()
    pass(9_000)
    expect(ends).toEqual([])
    pass(3_000)
    expect(ends).toEqual(['ANSWER_NOT_TAKEN'])
  })

  test('is looked at no more once the connection has ended', () => {
    const { socket, watch, ends, pass } = watched()
    socket.write(1_000)
    watch.wrote()
    watch.end()
    pass(60_000)
    expect(ends).toEqual([])
  })
})
