// Tells the service manager how this server is (sd_notify(3)): ready, reloading, stopping, and that it is still well. Silent where nobody
// wants to know.

import { type SendState, stateSender } from './send-state.ts'

type ProcessVariables = Record<string, string | undefined>

export interface Notifier {
  /** It serves; also after a reload, whether that succeeded or not. `status` is a line for people. */
  ready(status: string): void
  reloading(): void
  stopping(): void
  /** From now on, where the service manager asks for it, that the server is well is told whenever `isWell` says so. */
  watch(isWell: () => Promise<boolean>): void
  close(): void
}

const SILENT: Notifier = {
  ready: () => undefined,
  reloading: () => undefined,
  stopping: () => undefined,
  watch: () => undefined,
  close: () => undefined,
}

/** Removes what `env` says of the service manager: it is not meant for what this process starts. `failed` is called once at the most. */
export function openNotifier(
  env: ProcessVariables,
  failed: (reason: string) => void,
  open: (socket: string, failed: (reason: string) => void) => SendState = stateSender,
): Notifier {
  const { NOTIFY_SOCKET: socket = '', WATCHDOG_USEC: watchdog, WATCHDOG_PID: watched } = env
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) Reflect.deleteProperty(env, name)
  if (socket === '') return SILENT
  const isMeant = watched === undefined || watched === String(process.pid)
  return new ServiceNotifier(open(socket, failed), isMeant ? millisecondsOf(watchdog) : 0)
}

class ServiceNotifier implements Notifier {
  readonly #send: SendState
  readonly #watchdogMs: number
  #timer: NodeJS.Timeout | undefined

  constructor(send: SendState, watchdogMs: number) {
    this.#send = send
    this.#watchdogMs = watchdogMs
  }

  ready(status: string): void {
    this.#send(['READY=1', `MAINPID=${process.pid}`, `STATUS=${oneLine(status)}`])
  }

  reloading(): void {
    // Both clocks are CLOCK_MONOTONIC: by it systemd tells this reload from one that was under way before.
    const nowUs = process.hrtime.bigint() / 1000n
    this.#send(['RELOADING=1', `MONOTONIC_USEC=${nowUs}`, 'STATUS=reloading'])
  }

  stopping(): void {
    this.#send(['STOPPING=1', 'STATUS=stopping: finishing what was accepted'])
  }

  watch(isWell: () => Promise<boolean>): void {
    if (this.#watchdogMs === 0) return
    const tell = async (): Promise<void> => {
      if (await isWell()) this.#send(['WATCHDOG=1'])
    }
    this.#timer = setInterval(() => void tell(), this.#watchdogMs / 2).unref()
    void tell()
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

const millisecondsOf = (microseconds: string | undefined): number =>
  /^[1-9]\d{0,15}$/.test(microseconds ?? '') ? Number(microseconds) / 1000 : 0

const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ')
