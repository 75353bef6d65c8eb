// Memory for pieces of answers that a socket, or the disk, may need for a while. As a rule the system takes them at once, and the same few
// blocks serve again and again.

export const BLOCK_BYTES = 65_536
/** Of files, for who takes them fast: each read costs two changes of threads, however much it brings. */
export const LARGE_BLOCK_BYTES = 262_144
// Less than half of a block would leave too much of it unused where a slow client holds on to it.
const LEAST_BYTES = BLOCK_BYTES / 2
// Of each size.
const MAX_SPARE_BYTES = 8_388_608

type Size = typeof BLOCK_BYTES | typeof LARGE_BLOCK_BYTES

const blocks = new WeakSet<ArrayBufferLike>()
const spare: Record<Size, Buffer[]> = { [BLOCK_BYTES]: [], [LARGE_BLOCK_BYTES]: [] }

/** A block; whoever has it, and nobody else, may give it back. What is in it may be anything. */
export function takeBlock(size: Size): Buffer {
  return spare[size].pop() ?? createBlock(size)
}

/** A copy for sockets and files; whoever has it, and nobody else, may give it back. */
export function copyOfBody(data: Uint8Array): Buffer {
  if (data.length < LEAST_BYTES || data.length > BLOCK_BYTES) return Buffer.from(data)
  const block = takeBlock(BLOCK_BYTES)
  block.set(data)
  return block.subarray(0, data.length)
}

export function isLargeBlock({ buffer }: Uint8Array): boolean {
  return buffer.byteLength === LARGE_BLOCK_BYTES && blocks.has(buffer)
}

/** Takes a block back, of which this is a part, that nobody needs any more; of what was not made here nothing happens. */
export function giveBack({ buffer }: Uint8Array): void {
  if (!blocks.has(buffer)) return
  const size = buffer.byteLength as Size
  if ((spare[size].length + 1) * size <= MAX_SPARE_BYTES) spare[size].push(Buffer.from(buffer, 0, size))
}

/** Nobody has needed them for a while: the system gets them back. */
export function forgetSpareBlocks(): void {
  spare[BLOCK_BYTES].length = spare[LARGE_BLOCK_BYTES].length = 0
}

/**
 * That it can be resized is never used, and not everybody takes such memory, so none of it gets to applications. But V8 gets such memory from the system by itself, and returns it when it is free. From malloc, blocks that
 * thousands of slow clients have held stay in its heap as holes between what is still needed.
 */
function createBlock(size: Size): Buffer {
  const memory = Reflect.construct(ArrayBuffer, [size, { maxByteLength: size }]) as ArrayBuffer
  blocks.add(memory)
  return Buffer.from(memory, 0, size)
}
