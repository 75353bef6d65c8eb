// What the supervisor holds besides its fronts, as long as it runs: the pid file, the listening sockets and the control socket. All of it
// is had before privileges are given up.

import { type ControlSocket, openControlSocket } from '../control/control-socket.ts'
import type { Controlled } from '../controlled.ts'
import { accountOf, become } from './account.ts'
import { logFiles } from './log-files.ts'
import { PidFile } from './pid-file.ts'
import { SharedSockets } from './shared-sockets.ts'
import type { SupervisedSettings } from './supervised-settings.ts'

export class Holdings {
  readonly sockets = new SharedSockets()
  #pidFile: PidFile | undefined
  #controlSocket: ControlSocket | undefined

  /** Rejects with a GantryError, or an AggregateError of them. `inherited`: sockets that a service manager has opened. */
  async take(
    settings: SupervisedSettings,
    controlled: Controlled,
    inherited: readonly number[],
  ): Promise<void> {
    const { pidFile, umask } = settings
    const account = accountOf(settings)
    if (umask !== undefined) process.umask(umask)
    if (pidFile !== undefined) this.#pidFile = new PidFile(pidFile)
    this.sockets.adopt(inherited)
    await this.sockets.bind(settings)
    this.#controlSocket = await openControlSocket(settings, controlled)
    if (account === undefined) return
    become(account, [...this.sockets.files, ...logFiles(settings.errorLog, settings.accessLog)])
  }

  /** Why there is no control socket although nobody said so. */
  get problem(): Error | undefined {
    return this.#controlSocket?.problem
  }

  /** Gantry is ready. Throws a GantryError when that cannot be written down. */
  announce(): void {
    this.#pidFile?.write()
  }

  /** The conversations of the control socket go on until the very end. */
  release(): void {
    this.sockets.close()
    this.#controlSocket?.close()
    this.#controlSocket = undefined
    this.#pidFile?.remove()
    this.#pidFile = undefined
  }
}
