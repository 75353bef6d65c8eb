// Node gives memory back when it is allocated anew, which a process that has nothing to do never does: what a crowd has left behind
// would stay for hours.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { forgetSpareBlocks } from './body-blocks.ts'
import { forgetSpareMemory } from './body-memory.ts'

type Collect = () => void

let collect: Collect | undefined

/** Collects everything that is garbage. Takes some tens of milliseconds: call it when nobody waits. */
export function collectGarbage(): void {
  collect ??= findCollector()
  forgetSpareBlocks()
  forgetSpareMemory()
  // The first time frees what is garbage where it lies; only the second moves what is left together, so that whole pages come free.
  collect()
  collect()
}

/** V8 has the function only under a flag, and a new context only if it is made after the flag was set. */
function findCollector(): Collect {
  setFlagsFromString('--expose-gc')
  const found: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  return typeof found === 'function' ? (found as Collect) : () => undefined
}
