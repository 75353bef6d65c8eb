// What the process that starts fronts and the fronts say to each other.

import type { Share } from './python-process.ts'
import type { ServerSummary } from './running.ts'

export type ToFront = { readonly type: 'start'; readonly share: Share } | { readonly type: 'stop' | 'reopen' }

/** `hello`: it listens to messages, and wants to be told to start. */
export type FromFront = { readonly type: 'hello' } | FrontReady

export interface FrontReady {
  readonly type: 'ready'
  readonly addresses: readonly string[]
  readonly summary: ServerSummary
}
