// How many scripts run at a time. Who comes when all places are taken waits for one, if not too many wait already and not for too long.

import { GantryError } from '../../errors.ts'
import type { RequestContext } from '../../wsgi/request-context.ts'

export interface PlaceLimits {
  readonly places: number
  readonly queueSize: number
  readonly queueTimeoutMs: number
}

/** Gives the place to the next one. Called again, it does nothing. */
export type LeavePlace = () => void

interface Waiting {
  readonly admit: (leave: LeavePlace) => void
}

export class Places {
  readonly #limits: PlaceLimits
  /** Who has places, for messages. */
  readonly #name: string
  readonly #queue = new Set<Waiting>()
  #taken = 0

  constructor(name: string, limits: PlaceLimits) {
    this.#name = name
    this.#limits = limits
  }

  /**
   * Resolves when there is a place. Rejects with GANTRY_UPSTREAM_BUSY or GANTRY_UPSTREAM_QUEUE_TIMEOUT, or where the request is cancelled with
   * why it was.
   */
  async take(context: RequestContext | undefined): Promise<LeavePlace> {
    const { places, queueSize } = this.#limits
    if (this.#taken < places) return this.#admit()
    if (this.#queue.size >= queueSize)
      throw new GantryError('GANTRY_UPSTREAM_BUSY', { upstream: this.#name, places, queueSize })
    return await this.#wait(context)
  }

  #wait(context: RequestContext | undefined): Promise<LeavePlace> {
    const { queueTimeoutMs } = this.#limits
    return new Promise((resolve, reject) => {
      const refuse = (error: Error): void => {
        this.#queue.delete(waiting)
        clearTimeout(timer)
        forgetCancel?.()
        reject(error)
      }
      const waiting: Waiting = {
        admit(leave) {
          clearTimeout(timer)
          forgetCancel?.()
          resolve(leave)
        },
      }
      const tooLong = (): void =>
        refuse(new GantryError('GANTRY_UPSTREAM_QUEUE_TIMEOUT', { upstream: this.#name, queueTimeoutMs }))
      const timer = setTimeout(tooLong, queueTimeoutMs)
      this.#queue.add(waiting)
      const forgetCancel = context?.onCancel(refuse)
    })
  }

  #admit(): LeavePlace {
    this.#taken++
    let isLeft = false
    return () => {
      if (isLeft) return
      isLeft = true
      this.#taken--
      const [next] = this.#queue
      if (next === undefined) return
      this.#queue.delete(next)
      next.admit(this.#admit())
    }
  }
}
