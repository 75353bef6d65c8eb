// Random streams by the thousand, and how they ended.
import { inParallel } from '../in-parallel.ts'
import { randomStream } from './random-stream.ts'
import { sendStream } from './send-stream.ts'

const AT_ONCE = 200
const DEADLINE_MS = 20_000

/** Under these a server ends a silent or deaf client well within the deadline. */
export const SHORT_TIMES: readonly string[] = ['head', 'body', 'idle', 'write'].flatMap((name) => [
  `--${name}-timeout`,
  '1s',
])

export interface StreamsPlan {
  readonly port: number
  readonly seed: number
  readonly first: number
  readonly count: number
  readonly onEnd?: () => void
}

export interface StreamsOutcome {
  /** Numbers of the streams whose connections the server left open. */
  readonly hung: readonly number[]
  /** Numbers of those that had no connection to begin with. */
  readonly refused: readonly number[]
}

export async function sendStreams({ port, seed, first, count, onEnd }: StreamsPlan): Promise<StreamsOutcome> {
  const outcomes = { hung: [] as number[], refused: [] as number[] }
  await inParallel(AT_ONCE, count, async (index) => {
    const number = first + index
    const outcome = await sendStream(port, randomStream(seed, number), DEADLINE_MS)
    if (outcome !== 'ended') outcomes[outcome].push(number)
    onEnd?.()
  })
  return outcomes
}
