// Memory for pieces of answers that a socket, or the disk, may need for a while. As a rule the system takes them at once, and the same few
// blocks serve again and again.

const BLOCK_BYTES = 65_536
// Less than half of a block would leave too much of it unused where a slow client holds on to it.
const LEAST_BYTES = BLOCK_BYTES / 2
const MAX_SPARE = 128

const blocks = new WeakSet<ArrayBufferLike>()
const spare: Buffer[] = []

/** A copy for sockets and files; whoever has it, and nobody else, may give it back. */
export function copyOfBody(data: Uint8Array): Buffer {
  if (data.length < LEAST_BYTES || data.length > BLOCK_BYTES) return Buffer.from(data)
  const block = spare.pop() ?? createBlock()
  block.set(data)
  return block.subarray(0, data.length)
}

/** Takes a copy back that nobody needs any more; of what was not made here nothing happens. */
export function giveBack(copy: Uint8Array): void {
  if (spare.length < MAX_SPARE && blocks.has(copy.buffer))
    spare.push(Buffer.from(copy.buffer, 0, BLOCK_BYTES))
}

/** Nobody has needed them for a while: the system gets them back. */
export function forgetSpareBlocks(): void {
  spare.length = 0
}

/**
 * That it can be resized is never used, and not everybody takes such memory, so none of it gets to applications. But V8 gets such memory from the system by itself, and returns it when it is free. From malloc, blocks that
 * thousands of slow clients have held stay in its heap as holes between what is still needed.
 */
function createBlock(): Buffer {
  const options = { maxByteLength: BLOCK_BYTES }
  const memory = Reflect.construct(ArrayBuffer, [BLOCK_BYTES, options]) as ArrayBuffer
  blocks.add(memory)
  return Buffer.from(memory, 0, BLOCK_BYTES)
}
