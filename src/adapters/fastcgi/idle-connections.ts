// Connections to a FastCGI server that wait for a next request. Each of them occupies a process of most servers, so there are few.

import type { Socket } from 'node:net'

/** Shorter than servers let a connection wait. */
const IDLE_MS = 10_000

const EVENTS = ['readable', 'end', 'close', 'error', 'timeout'] as const

export class IdleConnections {
  readonly #most: number
  /** With what drops each. */
  readonly #sockets = new Map<Socket, () => void>()

  /** As many are kept; with 0 none is. */
  constructor(most: number) {
    this.#most = most
  }

  get areKept(): boolean {
    return this.#most > 0
  }

  /** The one used last. */
  take(): Socket | undefined {
    const [socket, drop] = [...this.#sockets].at(-1) ?? []
    if (socket === undefined || drop === undefined) return undefined
    this.#sockets.delete(socket)
    for (const event of EVENTS) socket.off(event, drop)
    socket.setTimeout(0)
    return socket.ref()
  }

  /** Takes a connection that has nothing more to say. */
  give(socket: Socket): void {
    const drop = (): void => {
      this.#sockets.delete(socket)
      socket.destroy()
    }
    // Whatever comes now is no answer: most often it is the server's end.
    for (const event of EVENTS) socket.on(event, drop)
    if (this.#sockets.size >= this.#most || socket.destroyed) {
      drop()
      return
    }
    this.#sockets.set(socket, drop)
    socket.setTimeout(IDLE_MS).unref()
  }
}
