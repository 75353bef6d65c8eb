// Where lines are written to: a file, a standard stream, or syslog. None ever makes the event loop wait.

import { closeSync, constants, openSync, write, writeSync } from 'node:fs'
import { type LogTarget, logTargetText } from '../config/log-target.ts'
import { GantryError } from '../errors.ts'
import type { LineTarget } from './line-target.ts'
import { beforeLine } from './standard-streams.ts'
import { openSyslog } from './syslog/open-syslog.ts'

/** Opens the target of a log that `origin` names. Throws a GantryError of `code` where that cannot be. */
export function openLogTarget(
  target: LogTarget,
  origin: string,
  code: 'GANTRY_ACCESS_LOG_FAILED' | 'GANTRY_ERROR_LOG_FAILED',
): LineTarget {
  try {
    return openLineTarget(target)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new GantryError(code, { path: logTargetText(target), origin, reason }, { cause: error })
  }
}

/** Throws what the file system says. */
function openLineTarget(target: LogTarget): LineTarget {
  switch (target.kind) {
    case 'stdout':
    case 'stderr':
      return new StandardStream(process[target.kind])
    case 'file':
      return new LineFile(target.path)
    case 'syslog':
      return openSyslog(target)
  }
}

class LineFile implements LineTarget {
  readonly #path: string
  #descriptor: number

  constructor(path: string) {
    this.#path = path
    this.#descriptor = openToAppend(path)
  }

  write(bytes: Uint8Array, done: (error: NodeJS.ErrnoException | null, writtenBytes: number) => void): void {
    write(this.#descriptor, bytes, done)
  }

  writeNow(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; ) start += writeSync(this.#descriptor, bytes, start)
  }

  reopen(): void {
    const old = this.#descriptor
    this.#descriptor = openToAppend(this.#path)
    closeSync(old)
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

function openToAppend(path: string): number {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants
  // Without O_NONBLOCK a named pipe that nobody reads would hold the start, and one read slowly a thread of Node's, for ever.
  return openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, 0o640)
}

/** The stream and not its descriptor: others write to it too, and lines must not be torn. */
class StandardStream implements LineTarget {
  readonly #stream: NodeJS.WriteStream

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream
  }

  write(bytes: Uint8Array, done: (error: NodeJS.ErrnoException | null, writtenBytes: number) => void): void {
    const stream = this.#stream
    const before = beforeLine(stream)
    // A file, a terminal and most often a pipe have taken it when this returns: what is told on the other stream comes behind it.
    stream.write(before === '' ? bytes : Buffer.concat([Buffer.from(before), bytes]), (error) => {
      if (!isTaken) done(error ?? null, error ? 0 : bytes.length)
    })
    const isTaken = stream.writableLength === 0 && !stream.destroyed && stream.errored === null
    if (isTaken) done(null, bytes.length)
  }

  writeNow(bytes: Uint8Array): void {
    this.#stream.write(bytes)
  }

  reopen(): void {
    // What it is was decided by whoever started this process.
  }

  close(): void {
    // It is everybody's.
  }
}
