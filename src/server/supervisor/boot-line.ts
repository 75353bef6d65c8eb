// The line of a terminal that says how far a generation is while it boots.

import type { RewrittenLine } from '../../observe/rewritten-line.ts'
import type { BootingProcess, BootProgress } from '../../workers/boot-progress.ts'
import { sumOf } from '../tell-boot.ts'

// Most applications are ready before anybody would have read it.
const FIRST_MS = 500
const EVERY_MS = 200

/** What boots, as far as it has told. */
export interface BootingGeneration {
  readonly number: number
  readonly boots: readonly BootProgress[]
}

/** Keeps the line up to date until `work` is over, and removes it. Settles as `work` does. */
export async function withBootLine<T>(
  line: RewrittenLine | undefined,
  generation: BootingGeneration,
  work: Promise<T>,
): Promise<T> {
  if (line === undefined) return await work
  const draw = (): void => {
    const text = bootText(generation)
    if (text !== undefined) line.show(text)
  }
  let timer = setTimeout(() => {
    draw()
    timer = setInterval(draw, EVERY_MS)
  }, FIRST_MS)
  const clear = (): void => line.clear()
  // However the process ends, the shell writes on a line of its own.
  process.once('exit', clear)
  try {
    return await work
  } finally {
    clearTimeout(timer)
    clear()
    process.off('exit', clear)
  }
}

/** Undefined where there are no workers to wait for, or none is known yet. */
export function bootText({ number, boots }: BootingGeneration): string | undefined {
  const { ready, wanted, slowest } = sumOf(boots)
  if (wanted === 0) return undefined
  const what = number === 1 ? 'starting' : `generation ${number}`
  const who = slowest === undefined ? '' : `, ${slowestText(slowest)}`
  return `${what}: ${ready} of ${wanted} worker${wanted === 1 ? '' : 's'} ready${who}`
}

/** Short: with what stands before it there is room for it in 80 columns. */
function slowestText({ worker, pid, forMs }: BootingProcess): string {
  const name = worker === undefined ? 'the template' : `worker ${worker}`
  return `${name} (pid ${pid}) booting for ${Math.round(forMs / 1000)} s`
}
