// What all threads do that run a request, as text for people: asked of the workers, and where one is held up, had by a signal.

import type { Link } from './link.ts'
import type { RequestLine, Runaways } from './runaways.ts'
import type { ServedWorker } from './served-worker.ts'
import type { ThreadInquiry, ThreadStack } from './thread-inquiry.ts'

interface Asked {
  readonly pid: number | undefined
  readonly threads: Pick<ThreadInquiry, 'stacks' | 'signalledStacks'>
}

/** A request that a thread runs. */
interface Running {
  readonly index: number
  readonly opening: number
  readonly text: string
}

/** The text for `workers`; `processOf` is how they can be spoken to. */
export async function dumpOf(
  workers: readonly ServedWorker[],
  runaways: Runaways,
  processOf: (worker: number) => Asked | undefined,
): Promise<string> {
  const texts = workers.map(async (worker) => {
    const process = processOf(worker.number)
    return process === undefined ? '' : await dumpOfWorker(worker, runaways, process)
  })
  return (await Promise.all(texts)).join('')
}

async function dumpOfWorker(
  worker: ServedWorker,
  runaways: Runaways,
  { pid = 0, threads }: Asked,
): Promise<string> {
  const title = `worker ${worker.number} (pid ${pid})`
  if (runningOn(worker, runaways).length === 0) return `${title}: no request\n`
  const told = await threads.stacks()
  const running = runningOn(worker, runaways)
  if (told === undefined) {
    const lines = running.map(({ text }) => indented(text)).join('')
    return `${title}: held up as a whole, by code that does not let go of the interpreter; all of its threads:\n${lines}${indented(await threads.signalledStacks())}`
  }
  return [`${title}\n`, ...told.map((thread) => textOfThread(thread, running))].join('')
}

function textOfThread({ link, opening, thread, stack }: ThreadStack, running: readonly Running[]): string {
  const request = running.find((each) => each.index === link && each.opening === opening)
  return `  ${thread}: ${request?.text ?? 'a request that is over'}\n${indented(stack)}`
}

function runningOn(worker: ServedWorker, runaways: Runaways): readonly Running[] {
  const nowMs = performance.now()
  const onLinks = [...worker.links].flatMap((link) =>
    link.current === undefined || link.isGivenUp ? [] : [runningAt(link, link.current, nowMs, '')],
  )
  const alone = runaways
    .of(worker.number)
    .map(({ link, request, code }) =>
      runningAt(link, request, nowMs, code === 'abandoned' ? ', its client has left' : ', its time is up'),
    )
  return [...onLinks, ...alone]
}

function runningAt(link: Link, { id, method, target }: RequestLine, nowMs: number, state: string): Running {
  const seconds = ((nowMs - link.sentAtMs) / 1_000).toFixed(1)
  return {
    index: link.index,
    opening: link.opening,
    text: `${id} ${method} ${target}, for ${seconds} s${state}`,
  }
}

const indented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('')
