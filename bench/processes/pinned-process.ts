// Starts programs pinned to cores, each leading a session of its own, and ends all that is left of them.
// Every long-running process of the harness is started here: this file knows what must not outlive it.
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

import { readProcessStat, type ProcessStat } from './process-stat.ts'
import { readProcessTree } from './process-tree.ts'

// Enough for 10,000 connections, and the same for everybody: some servers allocate by this limit.
const OPEN_FILES = 16_384
const POLL_MS = 20

export type PinnedCommand = {
  readonly argv: readonly string[]
  /** As taskset takes them. */
  readonly cores: string
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdio: StdioOptions
}

const roots = new Set<number>()
let isClosed = false

/** taskset and prlimit replace themselves by the program, so the child's pid is the program's. */
export function startPinned({ argv, cores, cwd, env, stdio }: PinnedCommand): ChildProcess {
  if (isClosed) throw new Error('the benchmark is ending: nothing is started any more')
  const files = openFileLimit()
  const child = spawn('taskset', ['-c', cores, 'prlimit', `--nofile=${files}:${files}`, ...argv], {
    cwd,
    env: { ...process.env, ...env },
    stdio,
    detached: true,
  })
  if (child.pid !== undefined) roots.add(child.pid)
  return child
}

/** Asks the roots to end, waits for their whole trees, and kills what is left after `graceMs`. */
export async function endPinned(pids: readonly number[], graceMs = 10_000): Promise<void> {
  const known = new Map<number, ProcessStat>()
  const living = collectLiving(pids, known).map(({ pid }) => pid)
  for (const pid of pids) if (living.includes(pid)) signalProcess(pid, 'SIGTERM')
  const deadline = performance.now() + graceMs
  while (collectLiving(pids, known).length > 0 && performance.now() < deadline) await sleep(POLL_MS)
  for (const { pid } of collectLiving(pids, known)) signalProcess(pid, 'SIGKILL')
  while (collectLiving(pids, known).length > 0 && performance.now() < deadline + graceMs) await sleep(POLL_MS)
  for (const pid of pids) roots.delete(pid)
}

/** For an interrupted run: ends everything that was started, and lets nothing be started any more. */
export async function endAllPinned(): Promise<void> {
  isClosed = true
  await endPinned([...roots])
}

/** For the moment of leaving, when nothing can be waited for any more. */
export function killAllPinned(): void {
  isClosed = true
  for (const { pid } of readProcessTree([...roots])) signalProcess(pid, 'SIGKILL')
  roots.clear()
}

/** Remembers every process ever seen in the trees, so that one whose ancestors have ended is still found. */
function collectLiving(pids: readonly number[], known: Map<number, ProcessStat>): ProcessStat[] {
  for (const stat of readProcessTree(pids)) known.set(stat.pid, stat)
  return [...known.values()].filter(isAlive)
}

function isAlive({ pid, startedAtTicks }: ProcessStat): boolean {
  const now = readProcessStat(pid)
  return now !== undefined && !now.isZombie && now.startedAtTicks === startedAtTicks
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended in the meantime, which is what was wanted.
  }
}

function openFileLimit(): number {
  if (process.getuid?.() === 0) return OPEN_FILES
  const match = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
  return Math.min(OPEN_FILES, Number(match?.[1] ?? OPEN_FILES))
}
