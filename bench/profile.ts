// The command `npm run profile`: puts a load on Gantry and writes where the time went: of the front a profile of V8, which
// speedscope.app and the developer tools of Chromium show as a flame graph, and of the worker a flame graph of py-spy.
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { endEverythingOnExit } from './ending.ts'
import { runWrk } from './load/wrk.ts'
import { PLACE, REPOSITORY } from './place.ts'
import { collectOutput } from './processes/collect-output.ts'
import { readAllowedCores } from './processes/core-time.ts'
import { readExecutable } from './processes/memory.ts'
import { startServer, type RunningServer } from './processes/running-server.ts'
import { selfTimes, type CpuProfile } from './profiling/self-times.ts'
import { renderTextTable } from './report/table.ts'
import { gantry } from './servers/gantry.ts'
import type { ServerEntry } from './servers/server-entry.ts'
import { prepareRun } from './setup/prepare-run.ts'
import { choosePython, installPythonPackages } from './setup/python-packages.ts'
import { ONE_CORE } from './suites/settings.ts'

const SAMPLES_PER_SECOND = 500
const SHOWN = 25
const RECORDER = join(import.meta.dirname, 'profiling', 'record-front.mjs')
const FRONT = 'front.cpuprofile'
const WORKER = 'worker.svg'
const CONNECTIONS = 64

const HELP = `npm run profile -- [options]

  --path PATH        of bench/applications/app.py (default /1k)
  --post BYTES       POST this many bytes (with --path /echo)
  --seconds S        length of the load (default 5)
  --folder DIR       where to write (default .cache/bench/profile)
`

endEverythingOnExit()
process.exitCode = await main(process.argv.slice(2))

async function main(argv: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        path: { type: 'string', default: '/1k' },
        post: { type: 'string' },
        seconds: { type: 'string', default: '5' },
        folder: { type: 'string', default: join(REPOSITORY, '.cache', 'bench', 'profile') },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) process.stdout.write(HELP)
    else await profile(values.path, values.post, Number(values.seconds), values.folder)
    return 0
  } catch (error) {
    process.stderr.write(`profile: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

async function profile(
  path: string,
  post: string | undefined,
  seconds: number,
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of [FRONT, WORKER]) await rm(join(folder, name), { force: true })
  await prepareRun({ place: PLACE, python: choosePython(), mayInstall: true })
  const spyProblem = await installPythonPackages(PLACE.pythonBin, ['py-spy'], false)
  const cores = readAllowedCores()
  const [loadCore, serverCore] = [String(cores[0] ?? 0), String(cores.at(-1) ?? 0)]
  const server = await startServer(profiled(folder), ONE_CORE, PLACE, serverCore)
  try {
    const postBytes = post === undefined ? {} : { postBytes: Number(post) }
    const load = { url: server.url + path, connections: CONNECTIONS, seconds, ...postBytes }
    await Promise.all([
      runWrk(load, loadCore),
      spyProblem === undefined ? profileWorker(server, seconds, folder, loadCore) : undefined,
    ])
  } finally {
    await server.stop()
  }
  if (spyProblem !== undefined) process.stderr.write(`no profile of the worker: py-spy: ${spyProblem}\n`)
  process.stdout.write(await describeFront(folder))
}

function profiled(folder: string): ServerEntry {
  const env = {
    NODE_OPTIONS: `--import=${RECORDER}`,
    BENCH_PROFILE: join(folder, FRONT),
    BENCH_PROFILE_INTERVAL_US: String(1e6 / SAMPLES_PER_SECOND),
  }
  const plan: ServerEntry['plan'] = (setup) => {
    const { commands } = gantry.plan(setup)
    return { commands: commands.map((one) => ({ ...one, env: { ...one.env, ...env } })) }
  }
  return { ...gantry, plan }
}

/** The worker is the only process of its kind. */
function findWorker({ pids }: RunningServer): number {
  const worker = pids().find((pid) => readExecutable(pid).startsWith('python'))
  if (worker === undefined) throw new Error('there is no worker')
  return worker
}

async function profileWorker(
  server: RunningServer,
  seconds: number,
  folder: string,
  cores: string,
): Promise<void> {
  const options = [
    '--rate',
    String(SAMPLES_PER_SECOND),
    '--duration',
    String(Math.max(1, Math.floor(seconds))),
  ]
  const output = ['--output', join(folder, WORKER)]
  const argv = [join(PLACE.pythonBin, 'py-spy'), 'record', ...options, ...output]
  await collectOutput([...argv, '--pid', String(findWorker(server))], cores)
}

async function describeFront(folder: string): Promise<string> {
  const file = join(folder, FRONT)
  const times = selfTimes(JSON.parse(await readFile(file, 'utf8')) as CpuProfile)
  const rows = times
    .slice(0, SHOWN)
    .map(({ where, us, share }) => [`${(share * 100).toFixed(1)} %`, `${(us / 1e3).toFixed(0)} ms`, where])
  const columns = [
    { title: 'self', align: 'right' },
    { title: 'time', align: 'right' },
    { title: 'the front, from its start', align: 'left' },
  ] as const
  return `${renderTextTable({ columns, rows })}\n\n${file}: https://www.speedscope.app shows it as a flame graph\n${join(folder, WORKER)}: the worker, by py-spy\n`
}
