// Where workers come to: a Unix socket in a private directory. Each connection says first whose link it is (protocol/link.md).

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { takeConnections } from '../io/take-connections.ts'
import type { OpenSocket } from '../io/take-connections.ts'
import { FrameSocket } from './frame-socket.ts'
import { FRAME, FrameError, decodeLinkHello } from './frames.ts'
import type { LinkHello } from './frames.ts'

const HELLO_TIMEOUT_MS = 10_000

/** Takes a new link: sets the socket's receiver, or destroys it. */
export type LinkReceiver = (hello: LinkHello, socket: FrameSocket) => void

export class LinkServer {
  /** Private (mode 0700); holds the socket. */
  readonly directory: string
  readonly #server: Server = createServer({ allowHalfOpen: true })
  readonly #receive: LinkReceiver

  constructor(receive: LinkReceiver) {
    // The system's temporary directory, whatever --spool-dir says: a socket's path may have 107 bytes at the most.
    this.directory = mkdtempSync(join(tmpdir(), 'gantry-'))
    chmodSync(this.directory, 0o700)
    this.#receive = receive
  }

  get path(): string {
    return join(this.directory, 'link')
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      // Closed in the same turn of the event loop it never says that it listens.
      this.#server.once('close', () => reject(new Error('the workers were to end before they began')))
      this.#server.listen(this.path, () => {
        takeConnections(this.#server, (open) => awaitHello(open, this.#receive))
        resolve()
      })
    })
  }

  /** Takes no more links, and removes the directory. Links that are open stay open. */
  close(): void {
    this.#server.close()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function awaitHello(open: OpenSocket, receive: LinkReceiver): void {
  const timer = setTimeout(() => socket.destroy(), HELLO_TIMEOUT_MS)
  const socket = new FrameSocket(open, {
    frame(frame) {
      if (frame.type !== FRAME.linkHello) throw new FrameError('link-hello was expected')
      clearTimeout(timer)
      receive(decodeLinkHello(frame), socket)
    },
    closed: () => clearTimeout(timer),
  })
}
