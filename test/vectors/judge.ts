// Says what is wrong with how a server reacted to a vector. No I/O: what was observed comes in, complaints go out.

import type { Answer } from './answer-reader.ts'
import { fieldOf } from './answer-reader.ts'
import type { ApplicationView, Vector } from './vector.ts'

/** What a client saw of a server that it sent a vector to. */
export interface Observation {
  readonly interim: readonly Answer[]
  /** Final answers to the vector itself. */
  readonly final: readonly Answer[]
  /**
   * The connection afterwards. `open` is proven: a further request was answered on it, by itself and at once. `unknown`: the
   * vector leaves it to the server, so nobody looked.
   */
  readonly connection: 'open' | 'closed' | 'unknown'
  /** What came could not be read as answers, or not in time. */
  readonly error: string | undefined
}

/** The complaints about `seen`; none if the server did as the vector demands. */
export function judge(vector: Vector, seen: Observation): string[] {
  const complaints = seen.error === undefined ? [] : [seen.error]
  complaints.push(...judgeStatuses(vector, seen), ...judgeInterim(vector, seen))
  const { close } = vector.expect
  if (close === true && seen.connection !== 'closed') complaints.push('the connection must be closed')
  if (close === false && seen.connection !== 'open') complaints.push('the connection must stay open')
  const last = seen.final.at(-1)
  if (close === false && last !== undefined && /\bclose\b/i.test(fieldOf(last, 'connection') ?? '')) {
    complaints.push('the answer says that the connection will be closed')
  }
  const notBody = vector.not_body
  if (notBody !== undefined && seen.final.some(({ body }) => body.includes(notBody))) {
    complaints.push(`${notBody} must not be in the answer`)
  }
  const first = seen.final[0]
  if (vector.app !== undefined && first?.status === 200) complaints.push(...judgeView(vector.app, first.body))
  return complaints
}

function judgeStatuses(vector: Vector, { final, connection }: Observation): string[] {
  const statuses = final.map(({ status }) => status)
  const wanted = vector.expect.status.filter((status) => status !== 100)
  const complaints: string[] = []
  const first = statuses[0] ?? (connection === 'closed' ? 0 : undefined)
  if (wanted.length > 0 && (first === undefined || !wanted.includes(first))) {
    complaints.push(`the first answer must be ${wanted.join(' or ')}, not ${first ?? 'missing'}`)
  }
  // Whatever follows a closed connection was not to be read; one answer more is a request that was smuggled in.
  const all = vector.responses ?? (connection === 'closed' && statuses.length > 0 ? [wanted] : undefined)
  const areRight =
    all?.length === statuses.length && all.every((one, i) => [one].flat().includes(statuses[i]!))
  if (all !== undefined && !areRight) {
    complaints.push(`the answers must be ${JSON.stringify(all)}, not ${JSON.stringify(statuses)}`)
  }
  return complaints
}

function judgeInterim(vector: Vector, { interim }: Observation): string[] {
  const statuses = interim.map(({ status }) => status)
  if (vector.interim === true && !statuses.includes(100)) return ['100 Continue must be sent']
  if (vector.no_interim === true && statuses.length > 0)
    return [`no interim answer may be sent, but ${statuses.join()} was`]
  if (statuses.some((status) => status !== 100)) return [`${statuses.join()} is no interim answer to this`]
  return []
}

interface Echo {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly host: string | null
  readonly body: string
  readonly environ: Readonly<Record<string, string>>
}

function judgeView(view: ApplicationView, body: string): string[] {
  const echo = parseEcho(body)
  if (echo === undefined) return [`the answer is not the application's: ${body.slice(0, 80)}`]
  const complaints: string[] = []
  const expectEqual = (
    what: string,
    seen: string | null | undefined,
    wanted: string | null | undefined,
  ): void => {
    if ((seen ?? null) !== (wanted ?? null))
      complaints.push(`${what} must be ${String(wanted)}, not ${String(seen)}`)
  }
  for (const key of ['method', 'path', 'query', 'host', 'body'] as const) {
    if (view[key] !== undefined) expectEqual(key, echo[key], view[key])
  }
  const { environ } = echo
  if (view.header !== undefined) expectEqual(view.header[0], environ[view.header[0]], view.header[1])
  if (view.header_any !== undefined) {
    const [name, values] = view.header_any
    const value = environ[name]
    if (value === undefined || !values.includes(value))
      complaints.push(`${name} must not be ${String(value)}`)
  }
  if (view.header_not !== undefined && environ[view.header_not[0]] === view.header_not[1]) {
    complaints.push(`${view.header_not[0]} must not be ${view.header_not[1]}`)
  }
  for (const key of view.absent ?? [])
    if (key in environ) complaints.push(`${key} must not be in the environ`)
  return complaints
}

function parseEcho(body: string): Echo | undefined {
  try {
    return JSON.parse(body) as Echo
  } catch {
    return undefined
  }
}
