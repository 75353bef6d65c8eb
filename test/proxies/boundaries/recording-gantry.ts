// One Gantry behind all proxies of a test file, which records what reaches it.

import { fileURLToPath } from 'node:url'
import { type GantryProcess, startGantry } from '../../harness/gantry-process.ts'
import { TemporaryDirectory } from '../../harness/temporary-directory.ts'
import type { RecordingGantry } from './run-chain.ts'

export const RECORDING_APP = fileURLToPath(new URL('../recording_app.py', import.meta.url))

export class RecordingServer implements AsyncDisposable, RecordingGantry {
  readonly accessLog: string
  readonly #gantry: GantryProcess
  readonly #directory: TemporaryDirectory

  private constructor(gantry: GantryProcess, directory: TemporaryDirectory, accessLog: string) {
    this.#gantry = gantry
    this.#directory = directory
    this.accessLog = accessLog
  }

  static async start(): Promise<RecordingServer> {
    const directory = new TemporaryDirectory()
    const accessLog = directory.join('access.log')
    // One process, so that one list holds all records.
    const gantry = await startGantry([RECORDING_APP, '--workers', '1', '--access-log', accessLog])
    return new RecordingServer(gantry, directory, accessLog)
  }

  get port(): number {
    return this.#gantry.port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#gantry[Symbol.asyncDispose]()
    this.#directory[Symbol.dispose]()
  }
}
