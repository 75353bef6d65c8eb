// Who uses the workers that a crew keeps: what the crew tells it, and asks it.

import type { GantryError } from '../errors.ts'
import type { FrameSocket } from './frame-socket.ts'
import type { LinkHello, Revoked } from './frames.ts'
import type { PlaceOfRequest } from './printed-line.ts'

/** What a worker does just now. */
export interface WorkerLoad {
  /** Answered by it. */
  readonly requests: number
  readonly threads: number
  readonly busyThreads: number
}

/** Who uses the workers' threads. */
export interface CrewOwner {
  /** A thread is there to serve. */
  linked(hello: LinkHello, socket: FrameSocket): void
  /** `worker` says that it is ready. Resolves when requests go to it; rejects with a GantryError when it is not to be used. */
  admit(worker: number): Promise<void>
  /** No further request goes to `worker`. Resolves when nothing is under way on it but on threads that are stuck, and what those do is known. */
  withdraw(worker: number): Promise<void>
  /** `worker` has ended; `error` says how. */
  dismissed(worker: number, error: GantryError): void
  loadOf(worker: number): WorkerLoad
  revoked(worker: number, revoked: Revoked): void
  /** The id of a request that `worker` has or had, where that is still known. */
  requestAt(worker: number, place: PlaceOfRequest): string | undefined
}
