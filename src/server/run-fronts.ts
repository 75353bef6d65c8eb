// Several fronts, each a process of its own, that share the listening sockets (node:cluster): starts them, replaces those that die, ends
// them. Touches no request: the system hands each connection to a front that takes it.

import cluster, { type Worker } from 'node:cluster'
import { textLog } from '../observe/log.ts'
import { RestartPauses } from '../workers/restart-pauses.ts'
import type { Configuration } from './configuration.ts'
import type { FromFront, FrontReady, ToFront } from './front-messages.ts'
import type { Running } from './running.ts'

/** A front could not start, and has said itself why. */
export class FrontFailed extends Error {
  override readonly name = 'FrontFailed'
  readonly exitStatus: number

  constructor(exitStatus: number) {
    super('a front could not start')
    this.exitStatus = exitStatus
  }
}

/**
 * Starts `count` fronts, which this program's own file is run for with the same arguments. Resolves when all are ready; rejects with a
 * FrontFailed, and nothing is left running then.
 */
export async function runFronts(configuration: Configuration, count: number): Promise<Running> {
  // Otherwise this process would accept every connection, and pass it on.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  const fronts = new Fronts(count, configuration.settings.shutdownTimeoutMs)
  return await fronts.start()
}

// What a front may take to end beyond the time that its requests have.
const LAST_GRACE_MS = 5_000

class Fronts {
  readonly #count: number
  readonly #shutdownTimeoutMs: number
  readonly #log = textLog()
  readonly #pauses = new RestartPauses()
  readonly #alive = new Set<Worker>()
  readonly #replacements = new Set<NodeJS.Timeout>()
  #isStopping = false
  #whenNoneIsLeft: (() => void) | undefined

  constructor(count: number, shutdownTimeoutMs: number) {
    this.#count = count
    this.#shutdownTimeoutMs = shutdownTimeoutMs
  }

  async start(): Promise<Running> {
    try {
      // The first one alone: what is wrong is said once, and port 0 is the same port for all.
      const { addresses, summary } = await this.#fork(0)
      await Promise.all(Array.from({ length: this.#count - 1 }, (_, index) => this.#fork(index + 1)))
      return {
        addresses,
        summary,
        close: () => this.#close(),
        reopenLogs: () => this.#tell({ type: 'reopen' }),
        kill: () => this.#kill(),
      }
    } catch (error) {
      this.#kill()
      throw error
    }
  }

  /** Resolves when the front is ready; rejects with a FrontFailed when it ends before. */
  #fork(index: number): Promise<FrontReady> {
    const front = cluster.fork()
    this.#alive.add(front)
    return new Promise((resolve, reject) => {
      let readyAtMs: number | undefined
      front.on('message', (message: FromFront) => {
        if (message.type === 'hello') {
          send(front, { type: 'start', share: { index, count: this.#count } })
        } else {
          readyAtMs = performance.now()
          resolve(message)
        }
      })
      front.once('exit', (status: number | null, signal: string | null) => {
        this.#alive.delete(front)
        if (this.#alive.size === 0) this.#whenNoneIsLeft?.()
        // One that ends by itself before it is ready has failed, whatever it says.
        if (readyAtMs === undefined) reject(new FrontFailed(status || 1))
        else if (!this.#isStopping)
          this.#replace(index, { pid: front.process.pid, status, signal, readyAtMs })
      })
    })
  }

  #replace(
    index: number,
    dead: {
      readonly pid: number | undefined
      readonly status: number | null
      readonly signal: string | null
      readonly readyAtMs: number
    },
  ): void {
    const pauseMs = this.#pauses.after(performance.now() - dead.readyAtMs)
    const how = dead.signal === null ? `exit status ${dead.status ?? 'unknown'}` : `signal ${dead.signal}`
    this.#log.error(
      `front ${index + 1} died and is replaced${pauseMs === 0 ? '' : ` in ${pauseMs} ms`}: process ${dead.pid ?? 0} ended (${how})`,
    )
    this.#forkAfter(index, pauseMs)
  }

  #forkAfter(index: number, pauseMs: number): void {
    const timer = setTimeout(() => {
      this.#replacements.delete(timer)
      this.#fork(index).then(
        () => this.#log.info(`front ${index + 1} is ready again`),
        () => this.#tryAgain(index),
      )
    }, pauseMs)
    this.#replacements.add(timer)
  }

  #tryAgain(index: number): void {
    if (this.#isStopping) return
    const pauseMs = this.#pauses.after(0)
    this.#log.error(`front ${index + 1} could not start, the next try is in ${pauseMs} ms`)
    this.#forkAfter(index, pauseMs)
  }

  async #close(): Promise<void> {
    this.#beginStopping()
    if (this.#alive.size === 0) return
    this.#tell({ type: 'stop' })
    const killTimer = setTimeout(() => this.#kill(), this.#shutdownTimeoutMs + LAST_GRACE_MS)
    await new Promise<void>((resolve) => (this.#whenNoneIsLeft = resolve))
    clearTimeout(killTimer)
  }

  #kill(): void {
    this.#beginStopping()
    for (const front of this.#alive) front.process.kill('SIGKILL')
  }

  #tell(message: ToFront): void {
    for (const front of this.#alive) send(front, message)
  }

  #beginStopping(): void {
    this.#isStopping = true
    for (const timer of this.#replacements) clearTimeout(timer)
  }
}

function send(front: Worker, message: ToFront): void {
  // One that is just dying does not hear it, and need not.
  if (front.isConnected()) front.send(message, undefined, () => undefined)
}
