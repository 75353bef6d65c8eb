// A program: a closed loop of kept connections, one load after the other.
import { ClosedLoad, type ClosedLoadPlan } from './closed-load.ts'
import { raisePriority } from './raise-priority.ts'
import { serveCommands } from './serve-commands.ts'

export type ClosedCommand =
  | { readonly type: 'begin'; readonly plan: ClosedLoadPlan }
  | { readonly type: 'tell' | 'end' }
  /** Answered when all clients have left by themselves. */
  | { readonly type: 'left'; readonly deadlineMs: number }

raisePriority()
let load: ClosedLoad | undefined
serveCommands(async (command) => {
  const asked = command as ClosedCommand
  if (asked.type === 'begin') {
    load?.[Symbol.dispose]()
    load = new ClosedLoad(asked.plan)
    return {}
  }
  if (load === undefined) throw new Error(`${asked.type} before begin`)
  if (asked.type === 'left') await load.left(asked.deadlineMs)
  return asked.type === 'end' ? await load.stop() : load.counts
})
