// Sends every case through a proxy, one after the other, and collects what the proxy, the application and Gantry say of it.

import { readFileSync } from 'node:fs'
import { RawConnection } from '../../harness/raw-connection.ts'
import { until } from '../../harness/until.ts'
import type { ProxyProcess } from '../processes/proxy-process.ts'
import type { ChainCase } from './chain-case.ts'
import type { ForwardedRequest, LoggedAnswer, SeenRequest } from './disagreements.ts'
import { type SentCase, sendCase } from './send-case.ts'

const LOG_DEADLINE_MS = 5_000
// Client, time, request line, status: the combined format.
const LOG_LINE = /^\S+ \S+ \S+ \[[^\]]*\] "((?:[^"\\]|\\.)*)" (\d{3}) /

/** A Gantry that serves recording_app.py with an access log. */
export interface RecordingGantry {
  readonly port: number
  readonly accessLog: string
}

export interface ChainRun {
  readonly sent: readonly SentCase[]
  readonly forwarded: readonly ForwardedRequest[]
  readonly seen: readonly SeenRequest[]
  readonly logged: readonly LoggedAnswer[]
  /** Clean requests that did not get their own answers. */
  readonly poisoned: readonly string[]
  /** How many connections the proxy has used for all that reached the application. */
  readonly connections: number
}

interface Recorded extends SeenRequest {
  readonly environ: Readonly<Record<string, string>>
}

export async function runChain(
  gantry: RecordingGantry,
  proxy: ProxyProcess,
  forwardedBy: (proxy: ProxyProcess) => ForwardedRequest[],
  cases: readonly ChainCase[],
): Promise<ChainRun> {
  const [first, last] = [`/-records?before-${proxy.port}`, `/-records?after-${proxy.port}`]
  await takeRecords(gantry, first)
  const sent: SentCase[] = []
  const poisoned: string[] = []
  for (const [number, one] of cases.entries()) {
    sent.push(await sendCase(proxy.port, one, number))
    const problem = await askCleanly(proxy.port, `/clean-${number}`)
    if (problem !== undefined) poisoned.push(`after "${one.name}": ${problem}`)
  }
  await proxy.stop()
  const seen = await takeRecords(gantry, last)
  const logged = await accessLogBetween(gantry, first, last)
  const connections = new Set(seen.map(({ environ }) => environ['REMOTE_PORT'])).size
  return { sent, forwarded: forwardedBy(proxy), seen, logged, poisoned, connections }
}

/** A request of a client that has done nothing wrong. Returns what is wrong with its answer. */
async function askCleanly(port: number, target: string): Promise<string | undefined> {
  using connection = await RawConnection.open({ port, host: '127.0.0.1' })
  const fields = ['Host: clean.test', 'Content-Length: 5', 'Connection: close']
  const answer = await connection.request(`POST ${target} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\nclean`)
  if (answer.status !== 200) return `${answer.statusLine} ${answer.text.slice(0, 60)}`
  const { target: answered, body } = JSON.parse(answer.text) as SeenRequest
  return answered === target && body === 'clean' ? undefined : `the answer is of ${answered}`
}

async function takeRecords({ port }: RecordingGantry, target: string): Promise<Recorded[]> {
  using connection = await RawConnection.open({ port, host: '127.0.0.1' })
  const answer = await connection.request(`GET ${target} HTTP/1.1\r\nHost: records.test\r\n\r\n`)
  return JSON.parse(answer.text) as Recorded[]
}

/** The lines between those of two questions. */
async function accessLogBetween(
  gantry: RecordingGantry,
  first: string,
  last: string,
): Promise<LoggedAnswer[]> {
  let lines: LoggedAnswer[] = []
  const indexOf = (wanted: string): number => lines.findIndex(({ target }) => target === wanted)
  const isComplete = (): boolean => {
    lines = readAccessLog(gantry)
    return indexOf(last) !== -1
  }
  await until(isComplete, LOG_DEADLINE_MS, () => `${gantry.accessLog} ends before the last request`)
  return lines.slice(indexOf(first) + 1, indexOf(last))
}

function readAccessLog({ accessLog }: RecordingGantry): LoggedAnswer[] {
  const lines = readFileSync(accessLog, 'latin1').split('\n').slice(0, -1)
  return lines.map((line) => {
    const match = LOG_LINE.exec(line)
    if (match === null) throw new Error(`not a line of the combined format: ${line}`)
    const [method = '', target = ''] = unescapeLogged(match[1]!).split(' ')
    return { method: method === '-' ? '' : method, target, status: Number(match[2]) }
  })
}

function unescapeLogged(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (_, hex?: string, letter?: string) =>
    hex === undefined ? (letter ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}
