// What the server knows of a request besides its environ, under `gantry.request`. Everything in it is made when it is asked for.

import type { Header } from './header.ts'
import type { EnvironOrigin } from './environ-origin.ts'

/** Whoever names a request in the logs. */
export interface NamedRequest {
  id: string
}

/** Is told once, and why. */
export type CancelListener = (reason: Error) => void

/** Why a request is cancelled: the `reason` of its signal. */
export class RequestCancelled extends Error {
  override readonly name = 'RequestCancelled'
}

/** One request's, at `environ['gantry.request']`. */
export class RequestContext {
  /** What the request's environ was made of, so that a worker can be sent what is still the same of it. */
  readonly origin: EnvironOrigin | undefined
  readonly #request: NamedRequest
  #parent: RequestContext | undefined
  #workersBusy = 0
  #errorHeaders: Header[] | undefined
  #listeners: Set<CancelListener> | undefined
  #controller: AbortController | undefined
  #reason: Error | undefined

  constructor(request: NamedRequest, origin?: EnvironOrigin) {
    this.#request = request
    this.origin = origin
  }

  /** Names the request in the logs. Middleware may set it; what is logged from then on carries the new one. */
  get id(): string {
    return this.#request.id
  }

  set id(id: string) {
    this.#request.id = id
  }

  /** Headers for the error page that the server makes when the application fails before it has sent any. */
  get errorHeaders(): Header[] {
    return (this.#errorHeaders ??= [])
  }

  get hasErrorHeaders(): boolean {
    return this.#errorHeaders !== undefined
  }

  /** Nobody waits for the answer any more. */
  get isCancelled(): boolean {
    return this.#reason !== undefined
  }

  /** Aborts when the client leaves before the answer is complete, or its time is up; for `fetch` and whatever else takes one. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#reason !== undefined) this.#controller.abort(this.#reason)
    }
    return this.#controller.signal
  }

  /**
   * Calls `listener` once, when the request is cancelled; at once if it is. Cheaper than the signal. Returns what takes it back.
   * What a listener throws is dropped, as nobody waits for it.
   */
  onCancel(listener: CancelListener): () => void {
    if (this.#reason !== undefined) {
      tell(listener, this.#reason)
      return () => undefined
    }
    const listeners = (this.#listeners ??= new Set())
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

  /** Tells everybody who works for the request to stop. */
  cancel(reason: Error = new RequestCancelled('the client left before its answer was complete')): void {
    if (this.#reason !== undefined) return
    this.#reason = reason
    const listeners = this.#listeners
    this.#listeners = undefined
    for (const listener of listeners ?? []) tell(listener, reason)
    this.#controller?.abort(reason)
  }

  /**
   * A worker begins to work for the request (1), or ends or waits for it (-1): its time is not that of the application here.
   *
   * @internal
   */
  workersBusy(change: 1 | -1): void {
    if (this.#parent === undefined) this.#workersBusy += change
    else this.#parent.workersBusy(change)
  }

  /** @internal */
  get isWorkerBusy(): boolean {
    return this.#workersBusy > 0
  }

  /** A context for what runs inside: it is cancelled with this one, and may be so before. */
  child(): RequestContext {
    const child = new RequestContext(this, this.origin)
    child.#errorHeaders = this.errorHeaders
    child.#parent = this
    this.onCancel((reason) => child.cancel(reason))
    return child
  }
}

function tell(listener: CancelListener, reason: Error): void {
  try {
    listener(reason)
  } catch {
    // The others must hear of it all the same, and so must the gateway that is just losing its client.
  }
}
