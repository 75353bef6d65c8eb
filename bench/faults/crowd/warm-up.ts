// The load of a busy day before anybody means ill: the heap of a young process grows once under any work, and the crowd is not
// to be charged for that.
import { inParallel } from '../in-parallel.ts'
import type { SteadyProcess } from './crowd-round.ts'

const STEADY = { requestsPerSecond: 4_000, seconds: 5 }
const AT_ONCE = 8
const BIG_ANSWERS = 200
const UPLOADS = 200
const UPLOAD = new Uint8Array(1_000_000)

export async function warmUp(port: number, steady: SteadyProcess): Promise<void> {
  await steady.ask(STEADY)
  const url = `http://127.0.0.1:${port}`
  await inParallel(AT_ONCE, BIG_ANSWERS, () => exchange(`${url}/big`))
  await inParallel(AT_ONCE, UPLOADS, () => exchange(url, { method: 'POST', body: UPLOAD }))
}

async function exchange(url: string, init: RequestInit = {}): Promise<void> {
  const answer = await fetch(url, { ...init, headers: { connection: 'close' } })
  await answer.arrayBuffer()
  if (!answer.ok)
    throw new Error(`${url} was answered ${answer.status} before anything was done to the server`)
}
