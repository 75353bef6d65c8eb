// Whether the kernel killed a process because memory ran out: its control group counts that. The signal alone says nothing, as
// anybody may send SIGKILL.

import { controlGroups, readText } from './control-groups.ts'
import type { ReadText } from './control-groups.ts'

// Several processes may be killed together and be seen to have ended one after the other.
const REMEMBERED_MS = 5_000

export class OomKills {
  readonly #read: ReadText
  readonly #nowMs: () => number
  #count: number
  /** Counted, but not told of any process yet. */
  #untold = 0
  #untoldSinceMs = 0

  constructor(read: ReadText = readText, nowMs: () => number = () => performance.now()) {
    this.#read = read
    this.#nowMs = nowMs
    this.#count = countKills(read)
  }

  /** Whether a process that has just ended by SIGKILL was one of them; each kill is told once. */
  tookOne(): boolean {
    const nowMs = this.#nowMs()
    const count = countKills(this.#read)
    const more = Math.max(0, count - this.#count)
    this.#count = count
    if (nowMs - this.#untoldSinceMs > REMEMBERED_MS) this.#untold = 0
    if (more > 0) this.#untoldSinceMs = nowMs
    this.#untold += more
    if (this.#untold === 0) return false
    this.#untold--
    return true
  }
}

/** Of this process's own group, which its children are in too; of the whole machine where the group keeps no count. */
function countKills(read: ReadText): number {
  for (const { version, directory } of controlGroups('memory', read)) {
    const text = read(`${directory}/${version === 2 ? 'memory.events' : 'memory.oom_control'}`)
    const count = countIn(text)
    if (count !== undefined) return count
  }
  return countIn(read('/proc/vmstat')) ?? 0
}

function countIn(text: string | undefined): number | undefined {
  const match = /^oom_kill (\d+)$/m.exec(text ?? '')
  return match === null ? undefined : Number(match[1])
}
