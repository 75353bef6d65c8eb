// One server under test: all of its processes, from the first start until the last one has ended.
// "Ready" means that it has answered a request, so no start-up work falls into a measurement.
import { closeSync, openSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import type { LaunchPlan, LaunchPlace, ServerEntry } from '../servers/server-entry.ts'
import { endPinned, startPinned } from './pinned-process.ts'
import { readProcessTree } from './process-tree.ts'

const READY_WITHIN_MS = 20_000
const POLL_MS = 50
const LOG_TAIL_LINES = 12

export type RunningServer = {
  readonly entry: ServerEntry
  readonly port: number
  readonly url: string
  /** The processes that were started; everything below them belongs to the server too. */
  readonly roots: readonly number[]
  readonly pids: () => number[]
  readonly stop: () => Promise<void>
}

const running = new Set<RunningServer>()

/** For an interrupted run. */
export async function stopAllServers(): Promise<void> {
  await Promise.all([...running].map((server) => server.stop()))
}

export async function startServer(
  entry: ServerEntry,
  place: LaunchPlace,
  core: number,
): Promise<RunningServer> {
  const privateDirectory = await mkdtemp(join(tmpdir(), 'gantry-bench-'))
  const port = await freePort()
  const logFile = join(privateDirectory, 'server.log')
  const roots: number[] = []
  const server = runningServer(entry, port, roots, privateDirectory)
  running.add(server)
  try {
    const plan = entry.plan({ ...place, port, privateDirectory })
    await writeFiles(plan, privateDirectory)
    roots.push(...startCommands(plan, logFile, core))
    await waitUntilAnswering(server, logFile)
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

function runningServer(
  entry: ServerEntry,
  port: number,
  roots: readonly number[],
  directory: string,
): RunningServer {
  const server: RunningServer = {
    entry,
    port,
    url: `http://127.0.0.1:${port}`,
    roots,
    pids: () => readProcessTree(roots).map(({ pid }) => pid),
    stop: async () => {
      await endPinned(roots)
      await rm(directory, { recursive: true, force: true })
      running.delete(server)
    },
  }
  return server
}

async function writeFiles(plan: LaunchPlan, directory: string): Promise<void> {
  for (const [name, content] of Object.entries(plan.files ?? {}))
    await writeFile(join(directory, name), content)
}

function startCommands(plan: LaunchPlan, logFile: string, core: number): number[] {
  const log = openSync(logFile, 'a')
  try {
    return plan.commands.map((command) => {
      const { pid } = startPinned({ ...command, core, stdio: ['ignore', log, log] })
      if (pid === undefined) throw new Error(`could not start ${command.argv[0] ?? ''}`)
      return pid
    })
  } finally {
    closeSync(log)
  }
}

async function waitUntilAnswering(server: RunningServer, logFile: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  while (!(await isAnswering(server.url))) {
    const living = new Set(server.pids())
    if (!server.roots.every((pid) => living.has(pid)))
      throw new Error(`ended while starting:\n${logTail(logFile)}`)
    if (performance.now() > deadline)
      throw new Error(`did not answer within ${READY_WITHIN_MS} ms:\n${logTail(logFile)}`)
    await sleep(POLL_MS)
  }
}

async function isAnswering(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/1k`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(2_000),
    })
    return answer.ok && (await answer.arrayBuffer()).byteLength === 1024
  } catch {
    return false
  }
}

function logTail(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
