import { afterEach, expect, test, vi } from 'vitest'
import { AnswerOutput } from '../../src/gateways/answer-output.ts'
import { BLOCK_BYTES, LARGE_BLOCK_BYTES, copyOfBody } from '../../src/io/body-blocks.ts'
import type { ConnectionSocket } from '../../src/io/connection-socket.ts'
import { MemoryBudget } from '../../src/spool/memory-budget.ts'

const OWN_BYTES = 65_536
const MIB = 1_048_576

afterEach(() => {
  vi.useRealTimers()
})

/** A socket whose client takes what was written when the test says so. */
class HeldSocket implements Pick<ConnectionSocket, 'unsentBytes' | 'whenSent'> {
  unsentBytes = 0
  #waiting: (() => void)[] = []

  whenSent(act: () => void): void {
    this.#waiting.push(act)
  }

  /** The client takes all there is, or the socket is closed: it makes no difference here. */
  take(): void {
    this.unsentBytes = 0
    for (const act of this.#waiting.splice(0)) act()
  }
}

function outputOver(memoryBytes: number): {
  readonly socket: HeldSocket
  readonly output: AnswerOutput
  readonly memory: MemoryBudget
} {
  const socket = new HeldSocket()
  const memory = new MemoryBudget(memoryBytes)
  return {
    socket,
    memory,
    output: new AnswerOutput(socket as unknown as ConnectionSocket, memory, OWN_BYTES),
  }
}

test('beyond its own share a socket takes of the memory of all, and gives it back when all is sent', () => {
  const { socket, output, memory } = outputOver(10 * MIB)
  expect(output.hasRoomFor(OWN_BYTES)).toBe(true)
  socket.unsentBytes = OWN_BYTES
  output.wrote()
  expect([output.hasRoom, memory.heldBytes]).toEqual([false, 0])
  for (const bytes of [40_000, 50_000]) {
    expect(output.hasRoomFor(bytes)).toBe(true)
    socket.unsentBytes += bytes
    output.wrote()
  }
  expect(memory.heldBytes).toBe(90_000)
  socket.take()
  expect([output.hasRoom, memory.heldBytes]).toEqual([true, 0])
})

test('what the system takes at once is given back at once', () => {
  const { socket, output, memory } = outputOver(10 * MIB)
  socket.unsentBytes = OWN_BYTES
  expect(output.hasRoomFor(40_000)).toBe(true)
  expect(memory.heldBytes).toBe(40_000)
  socket.unsentBytes = 0
  output.wrote()
  expect(memory.heldBytes).toBe(0)
})

test('one socket takes no more than its part of it', () => {
  const { socket, output, memory } = outputOver(10 * MIB)
  socket.unsentBytes = OWN_BYTES
  while (output.hasRoomFor(OWN_BYTES)) {
    socket.unsentBytes += OWN_BYTES
    output.wrote()
  }
  expect(socket.unsentBytes).toBe(MIB + OWN_BYTES)
  expect(memory.heldBytes).toBe(MIB)
})

test('where others have taken all, only the own share is left', () => {
  const { socket, output, memory } = outputOver(MIB)
  expect(memory.take(MIB - 1000)).toBe(true)
  expect(output.hasRoomFor(OWN_BYTES)).toBe(true)
  socket.unsentBytes = OWN_BYTES
  expect(output.hasRoomFor(1001)).toBe(false)
  expect(output.hasRoomFor(1000)).toBe(true)
})

test('a block serves again when the system has it, and not before', () => {
  const { socket, output } = outputOver(MIB)
  const block = copyOfBody(Buffer.alloc(OWN_BYTES, 'a'))
  socket.unsentBytes = OWN_BYTES
  output.lend(block)
  const other = copyOfBody(Buffer.alloc(OWN_BYTES, 'b'))
  expect(other.buffer === block.buffer).toBe(false)
  socket.take()
  expect(copyOfBody(Buffer.alloc(OWN_BYTES, 'c')).buffer === block.buffer).toBe(true)
})

test('a block that the system took at once serves again at once', () => {
  const { output } = outputOver(MIB)
  const block = copyOfBody(Buffer.alloc(OWN_BYTES, 'a'))
  output.lend(block)
  expect(copyOfBody(Buffer.alloc(OWN_BYTES, 'b')).buffer === block.buffer).toBe(true)
})

test('a file that has more than a small block left is read into large ones, which count in the memory of all', () => {
  const { socket, output, memory } = outputOver(MIB)
  expect(output.takeBlock(BLOCK_BYTES).length).toBe(BLOCK_BYTES)
  expect(memory.heldBytes).toBe(0)
  const block = output.takeBlock(BLOCK_BYTES + 1)
  expect([block.length, memory.heldBytes]).toEqual([LARGE_BLOCK_BYTES, LARGE_BLOCK_BYTES])
  socket.unsentBytes = 1
  output.lend(block.subarray(0, 100_000))
  expect(memory.heldBytes).toBe(LARGE_BLOCK_BYTES)
  socket.take()
  expect(memory.heldBytes).toBe(0)
  expect(output.takeBlock(MIB).buffer === block.buffer).toBe(true)
})

test('where others have the memory, blocks are small', () => {
  const { output, memory } = outputOver(MIB)
  expect(memory.take(MIB - LARGE_BLOCK_BYTES + 1)).toBe(true)
  expect(output.takeBlock(MIB).length).toBe(BLOCK_BYTES)
})

test('a client that was long at its last block gets small ones, until it takes one of them soon', () => {
  vi.useFakeTimers({ toFake: ['performance'], now: 0 })
  const { socket, output } = outputOver(MIB)
  const takeFor = (ms: number): number => {
    const block = output.takeBlock(MIB)
    socket.unsentBytes = block.length
    output.lend(block)
    vi.advanceTimersByTime(ms)
    socket.take()
    return block.length
  }
  expect([49, 50, 50, 49, 0].map(takeFor)).toEqual([
    LARGE_BLOCK_BYTES,
    LARGE_BLOCK_BYTES,
    BLOCK_BYTES,
    BLOCK_BYTES,
    LARGE_BLOCK_BYTES,
  ])
})

test("memory that only happens to be as large as a large block is nobody's but its owner's", () => {
  const { output, memory } = outputOver(MIB)
  output.lend(Buffer.alloc(LARGE_BLOCK_BYTES))
  expect(memory.heldBytes).toBe(0)
})
