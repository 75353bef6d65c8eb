// What the supervisor and its fronts say to each other, over the channel that Node gives to a child process.

import type { Protocol } from '../../config/bind-address.ts'
import type { RequestAccount } from '../../observe/request-account.ts'
import type { FrontStatus } from '../controlled.ts'
import type { Share } from '../shared-workers.ts'
import type { BootProgress } from '../../workers/boot-progress.ts'
import type { ServerSummary } from '../server-summary.ts'

/** A socket that a front has inherited. */
export interface InheritedSocket {
  readonly protocol: Protocol
  readonly url: string
  readonly descriptor: number
}

/** The first message to a front. */
export interface StartFront {
  readonly type: 'start'
  readonly share: Share
  readonly sockets: readonly InheritedSocket[]
  /** Of --health-bind. */
  readonly healthSockets: readonly InheritedSocket[]
  /** Whether it takes connections before it is ready: nobody else does. */
  readonly listensFirst: boolean
}

/** What is answered: a number for each question, so that answers may come in any order. */
export type Question =
  | { readonly about: 'life' | 'status' | 'dump' }
  | { readonly about: 'resize'; readonly by: number }

export interface Answers {
  readonly life: true
  readonly status: FrontStatus
  readonly dump: string
  readonly resize: { readonly fewest: number; readonly most: number } | undefined
}

/**
 * `serve`: take connections from now on; `lame-duck`: fail `--ready-path` and close connections after their next answer; `stop`: take no more
 * connections, finish what is accepted, and end; `drain`: the same, while others take the new connections; `reopen`: open log files anew.
 * When the channel closes a front ends at once.
 */
export type ToFront =
  | StartFront
  | { readonly type: 'serve' | 'lame-duck' | 'stop' | 'drain' | 'reopen' }
  | { readonly type: 'question'; readonly id: number; readonly question: Question }

/** It can serve. */
export interface FrontReady {
  readonly type: 'ready'
  readonly summary: ServerSummary
}

/** It cannot serve, and ends: what a user has to know of it, of one line or more. */
export interface FrontFailure {
  readonly type: 'failed'
  readonly text: string
  readonly exitStatus: number
}

/** `closed`: it takes no more connections. */
export type FromFront =
  | FrontReady
  | FrontFailure
  | { readonly type: 'serving' | 'closed' }
  /** Its workers boot, and are so far. */
  | { readonly type: 'booting'; readonly boot: BootProgress }
  /** It ends, and has done so much. */
  | { readonly type: 'account'; readonly account: RequestAccount }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
