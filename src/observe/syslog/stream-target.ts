// Writes lines to a stream that is opened when there is something to write, and anew after it broke: a TCP connection (RFC 6587 §3.4.2), or a
// small program that hands them to the daemon of this machine.

import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import type { Writable } from 'node:stream'
import { packageFile } from '../../io/package-files.ts'
import type { LineTarget } from '../line-target.ts'

const RELAY_SCRIPT = packageFile('python/gantry_worker/syslog_relay.py')

type Done = (error: NodeJS.ErrnoException | null, writtenBytes: number) => void

/** A stream, and when it broke. */
export interface OpenedStream {
  readonly stream: Writable
  /** Called once. */
  onBroken(tell: (error: Error) => void): void
  /** Lets the process end although it is open. */
  unref(): void
}

export class StreamTarget implements LineTarget {
  readonly #open: () => OpenedStream
  #stream: Writable | undefined
  /** What is under way. */
  #fail: ((error: Error) => void) | undefined

  constructor(open: () => OpenedStream) {
    this.#open = open
  }

  write(bytes: Uint8Array, done: Done): void {
    const stream = (this.#stream ??= this.#opened())
    let isDone = false
    const once = (error: Error | null): void => {
      if (isDone) return
      isDone = true
      this.#fail = undefined
      done(error, error === null ? bytes.length : 0)
    }
    this.#fail = once
    stream.write(bytes, (error) => {
      // Why it broke says more than that it did.
      if (error === null || error === undefined) once(null)
    })
  }

  writeNow(bytes: Uint8Array): void {
    if (this.#stream === undefined) throw new Error('it is not connected')
    this.#stream.write(bytes)
  }

  reopen(): void {
    // There is no file.
  }

  close(): void {
    this.#stream?.end()
    this.#stream = undefined
  }

  #opened(): Writable {
    const opened = this.#open()
    const { stream } = opened
    opened.unref()
    opened.onBroken((error) => {
      if (this.#stream === stream) this.#stream = undefined
      this.#fail?.(error)
    })
    return stream
  }
}

export function connectTcp(host: string, port: number): OpenedStream {
  const socket = connect({ host, port, keepAlive: true })
  let reason: Error | undefined
  socket.on('error', (error) => (reason = error))
  // What a receiver says is read, so that its end is seen.
  socket.resume()
  return {
    stream: socket,
    onBroken: (tell) =>
      socket.once('close', () => tell(reason ?? new Error('the receiver closed the connection'))),
    unref: () => socket.unref(),
  }
}

/** The socket at `path` takes datagrams, and Node has none for Unix sockets. */
export function startRelay(path: string): OpenedStream {
  const child = spawn('python3', ['-I', '-S', RELAY_SCRIPT, path], { stdio: ['pipe', 'ignore', 'pipe'] })
  const { stdin, stderr } = child
  let said = ''
  let reason: Error | undefined
  stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  stdin.on('error', () => undefined) // its end follows
  child.on('error', (error) => (reason = error))
  return {
    stream: stdin,
    onBroken: (tell) =>
      child.once('close', () =>
        tell(reason ?? new Error(said.trim() || 'python3, which passes lines on, has ended')),
      ),
    unref() {
      child.unref()
      for (const pipe of [stdin, stderr] as const) (pipe as { unref?: () => void }).unref?.()
    },
  }
}
