// One server under test: all of its processes, from the first start until the last one has ended.
// "Ready" means that it has answered a request, so no start-up work falls into a measurement.
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

import type { LaunchPlan, LaunchPlace, ServerEntry, Setting } from '../servers/server-entry.ts'
import { ask } from './ask.ts'
import { endPinned, startPinned } from './pinned-process.ts'
import { readProcessStat } from './process-stat.ts'
import { readProcessTree } from './process-tree.ts'

const READY_WITHIN_MS = 20_000
// The time to the first answer is told in steps of this.
const POLL_MS = 5
const LOG_TAIL_LINES = 12

export type RunningServer = {
  readonly entry: ServerEntry
  readonly port: number
  readonly url: string
  /** From the start of its commands to its first answer. */
  bootUs: number
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
  setting: Setting,
  place: LaunchPlace,
  cores: string,
): Promise<RunningServer> {
  const privateDirectory = await mkdtemp(join(tmpdir(), 'gantry-bench-'))
  // A server that gives up root for its workers must still reach the sockets in it.
  await chmod(privateDirectory, 0o711)
  const port = await freePort()
  const logFile = join(privateDirectory, 'server.log')
  const roots: number[] = []
  const server = runningServer(entry, setting, port, roots, privateDirectory)
  running.add(server)
  try {
    const plan = entry.plan({ ...place, ...setting, port, privateDirectory })
    await writeFiles(plan, privateDirectory)
    const startedAtMs = performance.now()
    roots.push(...startCommands(plan, logFile, cores, place))
    await waitUntilAnswering(server, entry.readyPath ?? setting.application.readyPath, logFile)
    server.bootUs = (performance.now() - startedAtMs) * 1_000
    return server
  } catch (error) {
    await server.stop()
    throw error
  }
}

function runningServer(
  entry: ServerEntry,
  { isTls = false }: Setting,
  port: number,
  roots: readonly number[],
  directory: string,
): RunningServer {
  const server: RunningServer = {
    entry,
    port,
    url: `${isTls ? 'https' : 'http'}://127.0.0.1:${port}`,
    bootUs: Number.NaN,
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

function startCommands(
  plan: LaunchPlan,
  logFile: string,
  cores: string,
  { filesDirectory }: LaunchPlace,
): number[] {
  const log = openSync(logFile, 'a')
  try {
    return plan.commands.map((command) => {
      const { pid } = startPinned({
        ...command,
        cores,
        env: { BENCH_FILES: filesDirectory, ...command.env },
        stdio: ['ignore', log, log],
      })
      if (pid === undefined) throw new Error(`could not start ${command.argv[0] ?? ''}`)
      return pid
    })
  } finally {
    closeSync(log)
  }
}

async function waitUntilAnswering(server: RunningServer, path: string, logFile: string): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS
  while (!(await isAnswering(server.url + path))) {
    if (!server.roots.every((pid) => readProcessStat(pid)?.isZombie === false))
      throw new Error(`ended while starting:\n${logTail(dirname(logFile))}`)
    if (performance.now() > deadline)
      throw new Error(`did not answer within ${READY_WITHIN_MS} ms:\n${logTail(dirname(logFile))}`)
    await sleep(POLL_MS)
  }
}

async function isAnswering(url: string): Promise<boolean> {
  const answer = await ask(url).catch(() => undefined)
  return answer?.status === 200 && answer.bytes > 0
}

/** Some servers write a log of their own, and nothing to what they were given. */
function logTail(directory: string): string {
  const logs = readdirSync(directory).filter((name) => name.endsWith('.log'))
  const lines = logs.flatMap((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n'))
  return lines.slice(-LOG_TAIL_LINES).join('\n')
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
