// --pid-file: opened while this process may still be root, written when gantry is ready, and removed at its end.

import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { GantryError } from '../../errors.ts'
import { startTimeMs } from '../../processes/start-time.ts'
import { isRunning } from '../processes.ts'

// Of the clock that processes are dated by.
const CLOCK_ERROR_MS = 2_000

export class PidFile {
  readonly #path: string
  readonly #descriptor: number

  /** Throws a GantryError when the file names another server that runs, or cannot be written. */
  constructor(path: string) {
    this.#path = path
    try {
      this.#descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o644)
    } catch (error) {
      throw fileError(path, error)
    }
    const pid = this.#owner()
    if (pid === undefined) return
    closeSync(this.#descriptor)
    throw new GantryError('GANTRY_PID_FILE_IN_USE', { path, pid })
  }

  write(): void {
    try {
      ftruncateSync(this.#descriptor)
      writeSync(this.#descriptor, `${process.pid}\n`, 0)
    } catch (error) {
      throw fileError(this.#path, error)
    }
  }

  remove(): void {
    try {
      if (this.#isStillOurs()) unlinkSync(this.#path)
    } catch {
      // Its directory may be somebody else's by now. Empty, it names nobody.
      ftruncateSync(this.#descriptor)
    }
    closeSync(this.#descriptor)
  }

  /** Somebody may have removed it, and the next server made its own. */
  #isStillOurs(): boolean {
    const [file, ours] = [statSync(this.#path), fstatSync(this.#descriptor)]
    return file.ino === ours.ino && file.dev === ours.dev
  }

  /** The server that wrote it, if it runs. */
  #owner(): number | undefined {
    const pid = Number(/^(\d{1,10})\s*$/.exec(readFileSync(this.#descriptor, 'latin1'))?.[1] ?? 0)
    if (pid === 0 || pid === process.pid || !isRunning(pid)) return undefined
    const writtenMs = fstatSync(this.#descriptor).mtimeMs
    // After a restart of the machine the number may be any process's: one that is younger than the file did not write it.
    return (startTimeMs(pid) ?? 0) > writtenMs + CLOCK_ERROR_MS ? undefined : pid
  }
}

function fileError(path: string, cause: unknown): GantryError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new GantryError('GANTRY_PID_FILE_FAILED', { path, reason }, { cause })
}
