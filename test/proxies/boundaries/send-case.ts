// Sends a case to a proxy on a connection of its own, and sees it to its end.

import { connect } from 'node:net'
import { AnswerReader } from '../../vectors/answer-reader.ts'
import type { ChainCase } from './chain-case.ts'

// The proxies are set up to give up on a silent client well before that.
const DEADLINE_MS = 8_000

export interface SentCase {
  readonly sent: ChainCase
  /** The address that it came from. The proxy's log tells by it which requests were this case's: ports come again. */
  readonly client: string
  /** Statuses of the answers, as far as they could be read. */
  readonly statuses: readonly number[]
}

/** Resolves when the proxy has closed the connection. `number` is the case's own. Linux only. */
export function sendCase(port: number, sent: ChainCase, number: number): Promise<SentCase> {
  const { bytes, reading } = sent
  const answers = new AnswerReader(reading.requests.map(({ method }) => method))
  return new Promise((resolve, reject) => {
    const client = `127.1.${number >> 8}.${number & 0xff}`
    const address = { port, host: '127.0.0.1', localAddress: client }
    const socket = connect({ ...address, noDelay: true, allowHalfOpen: true })
    const timer = setTimeout(() => {
      socket.destroy()
      reject(new Error(`${sent.name}: the proxy leaves the connection open`))
    }, DEADLINE_MS)
    // A proxy that is still busy with a complete request would take the end of the client for its leaving.
    const endIfAnswered = (): void => {
      if (reading.end === 'incomplete' && answers.final.length >= reading.requests.length) socket.end()
    }
    socket.on('connect', () => {
      socket.write(bytes)
      endIfAnswered()
    })
    socket.on('data', (data: Buffer) => {
      answers.receive(data)
      endIfAnswered()
    })
    socket.on('end', () => socket.end())
    socket.on('error', () => undefined) // 'close' follows: proxies reset clients that send more than they want
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ sent, client, statuses: answers.final.map(({ status }) => status) })
    })
  })
}
