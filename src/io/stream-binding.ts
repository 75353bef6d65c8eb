// The part of Node under its sockets, as far as we use it (decision 0006). It is old and has been the same for many versions, but not
// documented: so it is looked for, and checked, in this one place.

/** A connection of libuv's. */
export interface StreamHandle {
  /** Ours: whose it is. */
  owner?: unknown
  /** Called with the handle as `this` for what was read into the buffer of `useUserBuffer`. */
  onread: (this: StreamHandle) => void
  readonly bytesWritten: number
  /** Of those the ones that the system has not taken. */
  readonly writeQueueSize: number
  useUserBuffer(buffer: Uint8Array): void
  readStart(): number
  readStop(): number
  writeBuffer(request: WriteRequest, data: Uint8Array): number
  writev(request: WriteRequest, pieces: readonly Uint8Array[], areBuffers: true): number
  shutdown(request: StreamRequest): number
  close(closed: (this: StreamHandle) => void): void
  /** These four only of TCP. */
  reset?: (closed: (this: StreamHandle) => void) => number
  setNoDelay?: (isOn: boolean) => number
  setKeepAlive?: (isOn: boolean, seconds: number) => number
  getpeername?: (end: HandleEnd) => number
  getsockname?: (end: HandleEnd) => number
}

export interface HandleEnd {
  address?: string
  port?: number
}

export interface StreamRequest {
  oncomplete?: (this: this, status: number) => void
}

/** What is written is held by its request until the system has taken it. */
export interface WriteRequest extends StreamRequest {
  data?: unknown
}

export interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest
  readonly ShutdownWrap: new () => StreamRequest
  /** What the last call on any handle came to, at these two places. */
  readonly streamBaseState: ArrayLike<number>
  readonly kReadBytesOrError: number
  readonly kLastWriteWasAsync: number
}

const METHODS = [
  'useUserBuffer',
  'readStart',
  'readStop',
  'writeBuffer',
  'writev',
  'shutdown',
  'close',
] as const

/** Undefined where this Node does not have it as we know it. */
export const streamBinding: StreamBinding | undefined = findBinding()

/** Whether `handle` is one as we know it. */
export function isStreamHandle(handle: object): handle is StreamHandle {
  return METHODS.every((name) => typeof (handle as Partial<StreamHandle>)[name] === 'function')
}

function findBinding(): StreamBinding | undefined {
  const { binding } = process as unknown as { readonly binding?: (name: string) => Partial<StreamBinding> }
  try {
    const found = binding?.('stream_wrap')
    return found !== undefined && isComplete(found) ? found : undefined
  } catch {
    return undefined
  }
}

function isComplete(found: Partial<StreamBinding>): found is StreamBinding {
  const { WriteWrap, ShutdownWrap, streamBaseState, kReadBytesOrError, kLastWriteWasAsync } = found
  const areMade = typeof WriteWrap === 'function' && typeof ShutdownWrap === 'function'
  const areThere = [kReadBytesOrError, kLastWriteWasAsync].every((at) => typeof at === 'number')
  return areMade && areThere && ArrayBuffer.isView(streamBaseState)
}
