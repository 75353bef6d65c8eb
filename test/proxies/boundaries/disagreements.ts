// Compares what a proxy says that it forwarded with what Gantry says that it got. No I/O: the records come in, complaints go out.

import type { CodecReading, ReadRequest } from './codec-reading.ts'

interface RequestLine {
  readonly method: string
  readonly target: string
}

/** A request that the proxy sent on, from its log. */
export interface ForwardedRequest extends RequestLine {
  /** The proxy's own number for it, which it has put into the request. */
  readonly id: string
  /** The address that it came from. */
  readonly client: string
  /** Gantry's answer; undefined if there was none. */
  readonly status: number | undefined
  /** The id in the application's answer; empty if Gantry answered by itself. */
  readonly answeredId: string
  /** The Connection field of the answer, where the proxy tells it. */
  readonly connection: string | undefined
}

/** A request that reached the application. */
export interface SeenRequest extends ReadRequest {
  /** Empty if the proxy has not put one into it. */
  readonly id: string
}

/** A line of Gantry's access log; its method is empty where no request line could be read. */
export interface LoggedAnswer extends RequestLine {
  readonly status: number
}

export interface ChainRecord {
  readonly forwarded: readonly ForwardedRequest[]
  readonly seen: readonly SeenRequest[]
  readonly logged: readonly LoggedAnswer[]
}

/** What the two disagree about; nothing if each request of the one is the request of the other. */
export function findDisagreements({ forwarded, seen, logged }: ChainRecord): string[] {
  return [
    ...forwarded.flatMap((request) => checkForwarded(request, seen)),
    ...seen.flatMap((request) => checkSeen(request, forwarded)),
    ...checkLogged(logged, forwarded),
  ]
}

function checkForwarded(request: ForwardedRequest, seen: readonly SeenRequest[]): string[] {
  const arrivals = seen.filter(({ id }) => id === request.id).length
  const name = describe(request)
  if (arrivals > 1) return [`${name} reached the application ${arrivals} times`]
  const { status, answeredId } = request
  if (status === undefined) return []
  if (answeredId !== '') {
    return answeredId === request.id ? [] : [`${name} got the answer to ${answeredId}`]
  }
  if (arrivals === 1) return [`${name} reached the application but got another answer: ${status}`]
  return [...(isAnsweredByTheFront(request) ? [] : checkRefusal(request, name))]
}

/** The front answers OPTIONS * by itself. */
function isAnsweredByTheFront({ method, target, status }: ForwardedRequest): boolean {
  return method === 'OPTIONS' && target === '*' && status === 204
}

function checkRefusal({ status, connection }: ForwardedRequest, name: string): string[] {
  if (status === undefined || status < 400) return [`${name} got ${String(status)} from nobody`]
  return connection === undefined || /^close$/i.test(connection)
    ? []
    : [`${name} was refused (${status}) on a connection that goes on`]
}

function checkSeen(request: SeenRequest, forwarded: readonly ForwardedRequest[]): string[] {
  const name = describe(request)
  const origins = forwarded.filter(({ id }) => id === request.id)
  if (request.id === '' || origins.length !== 1) return [`${name} was smuggled to the application`]
  if (isSameLine(request, origins[0]!)) return []
  return [`${describe(origins[0]!)} reached the application as ${name}`]
}

/** Each answer that Gantry logged belongs to one request that was forwarded, and the other way round. */
function checkLogged(logged: readonly LoggedAnswer[], forwarded: readonly ForwardedRequest[]): string[] {
  const open = [...forwarded]
  const complaints: string[] = []
  // Those without a request line last: they might belong to any of the same status.
  for (const answer of [...logged].sort((a, b) => b.method.length - a.method.length)) {
    const index = findOrigin(answer, open)
    if (index === -1) complaints.push(`Gantry answered what was never forwarded: ${describe(answer)}`)
    else open.splice(index, 1)
  }
  const unknown = open.filter(({ status }) => status !== undefined)
  return [
    ...complaints,
    ...unknown.map((request) => `Gantry does not know that it answered ${describe(request)}`),
  ]
}

function findOrigin(answer: LoggedAnswer, open: readonly ForwardedRequest[]): number {
  const isSame = (request: ForwardedRequest): boolean => answer.method === '' || isSameLine(answer, request)
  const index = open.findIndex((request) => request.status === answer.status && isSame(request))
  // What the proxy gave up it has no status of.
  return index === -1 ? open.findIndex((request) => request.status === undefined && isSame(request)) : index
}

/**
 * Complaints about requests of a case that are none as the codec reads it. Behind a violation a proxy may have repaired what
 * Gantry would have refused: from there on only the proxy's word counts.
 */
export function findStrangers(seen: readonly SeenRequest[], reading: CodecReading): string[] {
  let next = 0
  for (const request of seen) {
    const found = reading.requests.findIndex(
      (read, index) => index >= next && read.body === request.body && isSameLine(request, read),
    )
    if (found === -1) return reading.end === 'violation' ? [] : [`${describe(request)} is not in the case`]
    next = found + 1
  }
  return []
}

/** What the proxy got may be an absolute target, of which it sends the path on. */
function isSameLine(arrived: RequestLine, before: RequestLine): boolean {
  if (arrived.method !== before.method) return false
  return arrived.target === before.target || arrived.target === pathOf(before.target)
}

function pathOf(target: string): string {
  const rest = target.replace(/^[a-z]+:\/\/[^/?]*/i, '')
  return rest.startsWith('/') ? rest : `/${rest}`
}

function describe({ method, target }: RequestLine): string {
  return `${method || '(no request line)'} ${JSON.stringify(target.slice(0, 60))}`
}
