// What is said through the control socket: one line of JSON for each request, one for its answer, in order. Lines hold the version of this
// protocol, so that a command and a server of different versions of Gantry say so instead of misunderstanding each other.

import type { ReloadOutcome, ServerStatus } from '../controlled.ts'

export const CONTROL_VERSION = 1
/** Of a request: whoever sends more is not one of our commands. */
export const LONGEST_REQUEST_BYTES = 4096

export type ControlRequest =
  | { readonly command: 'status' }
  | { readonly command: 'stop' }
  | { readonly command: 'dump' }
  | { readonly command: 'reload'; readonly why: string }
  | { readonly command: 'resize'; readonly by: number }

/** What each command is answered with. */
export interface ControlResults {
  readonly status: ServerStatus
  /** Stopping has begun; the process with this id has ended when the connection does. */
  readonly stop: { readonly pid: number }
  readonly dump: string
  readonly reload: ReloadOutcome
  readonly resize: { readonly fewest: number; readonly most: number }
}

export interface ControlFailure {
  readonly message: string
  readonly hint?: string | undefined
}

export type ControlAnswer =
  | { readonly isDone: true; readonly result: unknown }
  | ({ readonly isDone: false } & ControlFailure)

/** A request, or what is wrong with it. */
export type ReadRequest =
  | { readonly ok: true; readonly request: ControlRequest }
  | { readonly ok: false; readonly problem: string }

export const requestLine = (request: ControlRequest): string =>
  `${JSON.stringify({ gantry: CONTROL_VERSION, ...request })}\n`

export const answerLine = (answer: ControlAnswer): string =>
  `${JSON.stringify({ gantry: CONTROL_VERSION, ...answer })}\n`

export function readRequest(line: string): ReadRequest {
  const given = objectIn(line)
  if (given === undefined) return bad('a request is a JSON object on a line of its own')
  const version = given['gantry']
  if (version !== CONTROL_VERSION)
    return bad(`this server speaks version ${CONTROL_VERSION} of the control protocol: "gantry":1`)
  const { command, why = 'control socket', by } = given
  switch (command) {
    case 'status':
    case 'stop':
    case 'dump':
      return { ok: true, request: { command } }
    case 'reload':
      if (typeof why !== 'string') return bad('"why" is a text')
      return { ok: true, request: { command, why } }
    case 'resize':
      if (!isStep(by)) return bad('"by" is a whole number other than 0, and no larger than 1024')
      return { ok: true, request: { command, by } }
    default:
      return bad('"command" is one of status, stop, dump, reload and resize')
  }
}

/** Undefined where the line is none that a server of this version sends. */
export function readAnswer(line: string): ControlAnswer | undefined {
  const given = objectIn(line)
  if (given?.['gantry'] !== CONTROL_VERSION) return undefined
  const { isDone, result, message, hint } = given
  if (isDone === true) return { isDone, result }
  if (typeof message !== 'string') return undefined
  return { isDone: false, message, hint: typeof hint === 'string' ? hint : undefined }
}

const LARGEST_STEP = 1024

const isStep = (by: unknown): by is number =>
  Number.isInteger(by) && by !== 0 && Math.abs(by as number) <= LARGEST_STEP

const bad = (problem: string): ReadRequest => ({ ok: false, problem })

function objectIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}
