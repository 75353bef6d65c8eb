// Sends each line as a datagram (RFC 5426). One that nobody listens for is tried again, as far as the system tells.

import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { LineTarget } from '../line-target.ts'

const LF = 0x0a

type Done = (error: NodeJS.ErrnoException | null, writtenBytes: number) => void

export class DatagramTarget implements LineTarget {
  readonly #host: string
  readonly #port: number
  #socket: Socket | undefined

  constructor(host: string, port: number) {
    this.#host = host
    this.#port = port
  }

  write(bytes: Uint8Array, done: Done): void {
    this.#connected().then(
      (socket) => this.#sendFrom(socket, bytes, 0, done),
      (error: unknown) => done(error as NodeJS.ErrnoException, 0),
    )
  }

  writeNow(): void {
    throw new Error('a datagram cannot be sent any more when its process ends at once')
  }

  reopen(): void {
    // There is no file.
  }

  close(): void {
    this.#drop()
  }

  #sendFrom(socket: Socket, bytes: Uint8Array, start: number, done: Done): void {
    const end = bytes.indexOf(LF, start)
    if (end === -1) {
      done(null, bytes.length)
      return
    }
    socket.send(bytes.subarray(start, end), (error) => {
      if (error === null) {
        this.#sendFrom(socket, bytes, end + 1, done)
      } else {
        this.#drop()
        done(error, start)
      }
    })
  }

  /** Connected, so that the system tells of nobody who listens; and its name is looked up once. */
  #connected(): Promise<Socket> {
    if (this.#socket !== undefined) return Promise.resolve(this.#socket)
    const socket = createSocket(isIPv6(this.#host) ? 'udp6' : 'udp4').unref()
    return new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.connect(this.#port, this.#host, () => {
        socket.off('error', reject)
        socket.on('error', () => this.#drop())
        this.#socket = socket
        resolve(socket)
      })
    })
  }

  #drop(): void {
    this.#socket?.close()
    this.#socket = undefined
  }
}
